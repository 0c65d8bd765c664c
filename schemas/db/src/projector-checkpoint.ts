import { bigint, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

/**
 * How far each of the projector's consumers is in the database. Locked and advanced in the transaction that writes the rows, so an event
 * is folded exactly once, whoever pulls it. No tenant's data, hence no tenant_id and no row-level security.
 */
export const projectorCheckpoint = pgTable('projector_checkpoint', {
  /** `projector-<shard>`; `projector-audit` for the audit log */
  consumer: text('consumer').primaryKey(),
  streamSeq: bigint('stream_seq', { mode: 'number' }).notNull(),
  /** When the event at `stream_seq` was stored by the broker. */
  eventStoredAt: timestamp('event_stored_at', { withTimezone: true }),
})
