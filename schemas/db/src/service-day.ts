import { bigint, date, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

const amount = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0)

/**
 * How each session was served on each day (UTC): what service levels are summed from. One row per session and day on which something
 * changed or that lies between two changes; the time since the last change is in `session_view`, and the view `service_level_day` adds
 * it. What the figures mean: docs/service-levels.md. Written by the projector only.
 */
export const serviceDay = pgTable(
  'service_day',
  {
    tenantId: text('tenant_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    sessionId: text('session_id').notNull(),
    /** The session's. */
    mode: text('mode', { enum: ['test', 'live'] }).notNull(),
    /** Milliseconds of the day in which it should have been connected: and was; was not; was not, for a reason that is not ours. */
    upMs: amount('up_ms'),
    downMs: amount('down_ms'),
    excusedMs: amount('excused_ms'),
    /** Attempts to link that began on the day, those of them that led to an account, and how long these took together. */
    linksTried: amount('links_tried'),
    linksMade: amount('links_made'),
    linkMs: amount('link_ms'),
    /** Changes of the owner that ended on the day, those after which it connected without a new scan, and those of them within 30 s. */
    migrations: amount('migrations'),
    migrationsMade: amount('migrations_made'),
    migrationsInTime: amount('migrations_in_time'),
    /** The session's own number of the first event that is counted here: while EVENTS has that one, the row can be counted again. */
    firstSequence: bigint('first_sequence', { mode: 'number' }).notNull(),
    /** Position in EVENTS of the last event that is counted here. */
    streamSeq: bigint('stream_seq', { mode: 'number' }).notNull(),
  },
  (service) => [primaryKey({ columns: [service.tenantId, service.day, service.sessionId] })],
)
