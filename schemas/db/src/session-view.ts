import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/**
 * Sessions as their events tell them, for lists. Written by the projector only and rebuilt from EVENTS. The fresh state
 * of one session is in the KV bucket `sessions`, not here.
 */
export const sessionView = pgTable(
  'session_view',
  {
    tenantId: text('tenant_id').notNull(),
    sessionId: text('session_id').notNull(),
    /** As it was created: the name that it has now is in the bucket too. */
    name: text('name'),
    mode: text('mode', { enum: ['test', 'live'] }).notNull(),
    status: text('status', {
      enum: ['starting', 'awaiting_qr', 'connecting', 'connected', 'quarantined', 'closed'],
    }).notNull(),
    /** Why it is closed or quarantined; null otherwise. */
    reason: text('reason'),
    /** The linked account, once paired: `+<E.164>` and `<digits>@lid`. */
    accountPhone: text('account_phone'),
    accountLid: text('account_lid'),
    /** When the session was created, in ms: the time of its id. */
    createdAt: instant('created_at').notNull(),
    /** When `status` last changed. */
    changedAt: instant('changed_at').notNull(),
    /** What counts for service levels since then; null while it need not be connected. What was before is in `service_day`. */
    availability: text('availability', { enum: ['up', 'down', 'excused'] }),
    availabilitySince: instant('availability_since'),
    /** When the first QR string or pairing code was shown of an attempt to link it that goes on. */
    linkSince: instant('link_since'),
    /** The session's number of the last event that tells these by itself; null: they are not known. */
    knownSequence: bigint('known_sequence', { mode: 'number' }),
    /** A deleted session keeps its row, so that a replay cannot resurrect it; it is shown nowhere. */
    deletedAt: instant('deleted_at'),
    /** The session's own count of events up to which all views are folded: an event published twice is folded once. */
    sequence: bigint('sequence', { mode: 'number' }).notNull(),
    /** Position in EVENTS of its first folded event; a rebuild keeps rows whose first event is no longer stored. */
    firstStreamSeq: bigint('first_stream_seq', { mode: 'number' }).notNull(),
    /** Position in EVENTS of the last event folded into this row. */
    streamSeq: bigint('stream_seq', { mode: 'number' }).notNull(),
  },
  (session) => [
    primaryKey({ columns: [session.tenantId, session.sessionId] }),
    index('session_view_newest').on(
      session.tenantId,
      session.mode,
      sql`${session.createdAt} desc`,
      sql`${session.sessionId} desc`,
    ),
  ],
)
