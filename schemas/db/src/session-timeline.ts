import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, primaryKey, smallint, text, timestamp } from 'drizzle-orm/pg-core'

/**
 * What happened to each session, as its events tell it: a view, written by the projector and rebuilt from EVENTS as far as that reaches.
 * A session's entries are thinned to about the newest thousand; those of a deleted one go. What people asked for is in `audit_entry`.
 */
export const sessionTimeline = pgTable(
  'session_timeline',
  {
    tenantId: text('tenant_id').notNull(),
    sessionId: text('session_id').notNull(),
    /** The session's own number of the event, and which of its entries: one event may tell two things. */
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    part: smallint('part').notNull(),
    /** Sorts as `sequence` and `part` do. */
    entryId: text('entry_id').notNull(),
    at: timestamp('at', { withTimezone: true, precision: 3 }).notNull(),
    /** Of the closed lists in schemas/messages/src/timeline.ts, as the other two. */
    type: text('type').notNull(),
    reason: text('reason'),
    detail: jsonb('detail').notNull(),
  },
  (entry) => [
    primaryKey({ columns: [entry.tenantId, entry.sessionId, entry.sequence, entry.part] }),
    index('session_timeline_newest').on(
      entry.tenantId,
      entry.sessionId,
      sql`${entry.at} desc`,
      sql`${entry.entryId} desc`,
    ),
  ],
)
