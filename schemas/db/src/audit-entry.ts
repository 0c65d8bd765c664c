import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'

/**
 * Who changed what: the audit log, numbered and chained by hashes per tenant. The projector adds rows; nobody changes one, and nobody
 * removes one but `remove_audit_prefix`, which leaves where the chain goes on in `audit_anchor`. A trigger sees to that for every role.
 */
export const auditEntry = pgTable(
  'audit_entry',
  {
    tenantId: text('tenant_id').notNull(),
    /** 1, 2, 3, … without a gap. */
    number: bigint('number', { mode: 'number' }).notNull(),
    entryId: text('entry_id').notNull(),
    /** When it was done, by the clock of the gateway: it need not rise with `number`. In ms, which is what is hashed. */
    at: timestamp('at', { withTimezone: true, precision: 3 }).notNull(),
    actorKind: text('actor_kind', { enum: ['person', 'key', 'operator', 'system'] }).notNull(),
    actorId: text('actor_id'),
    action: text('action').notNull(),
    /** At most two ids. */
    targets: text('targets').array().notNull(),
    mode: text('mode', { enum: ['test', 'live'] }),
    requestId: text('request_id'),
    route: text('route'),
    /** A network, /24 or /48: whole addresses are kept nowhere. */
    address: text('address'),
    changes: jsonb('changes').notNull(),
    /** SHA-256 in hex. `hash` is over all of the above and `previous_hash`: see schemas/messages/src/audit-chain.ts. */
    previousHash: text('previous_hash').notNull(),
    hash: text('hash').notNull(),
  },
  (entry) => [
    primaryKey({ columns: [entry.tenantId, entry.number] }),
    /** A gateway that is not sure publishes again. */
    uniqueIndex('audit_entry_id').on(entry.tenantId, entry.entryId),
    index('audit_entry_of_actor').on(entry.tenantId, entry.actorId, sql`${entry.number} desc`),
    index('audit_entry_of_action').on(entry.tenantId, entry.action, sql`${entry.number} desc`),
    index('audit_entry_of_target').on(entry.tenantId, sql`(targets[1])`, sql`${entry.number} desc`),
    index('audit_entry_of_second_target').on(entry.tenantId, sql`(targets[2])`, sql`${entry.number} desc`),
    index('audit_entry_at').on(entry.tenantId, sql`${entry.at} desc`),
  ],
)

/** The last entry that was removed from the beginning of a tenant's audit log, so that what is left still proves to be whole. */
export const auditAnchor = pgTable('audit_anchor', {
  tenantId: text('tenant_id').primaryKey(),
  number: bigint('number', { mode: 'number' }).notNull(),
  hash: text('hash').notNull(),
  removedAt: timestamp('removed_at', { withTimezone: true }).notNull().defaultNow(),
})
