import { sql } from 'drizzle-orm'
import { foreignKey, index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { tenant } from './tenant.ts'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/**
 * An operator looks into a tenant, for a reason and until a time; the tenant reads here who, why and when. Those that are open are
 * mirrored to the KV bucket `support_accesses`, from which requests are judged.
 */
export const supportAccess = pgTable(
  'support_access',
  {
    tenantId: text('tenant_id').notNull(),
    accessId: text('access_id').notNull(),
    /** The operators' account. No foreign key: a tenant's row points to no other tenant. */
    operatorsId: text('operators_id').notNull(),
    operatorKind: text('operator_kind', { enum: ['person', 'key'] }).notNull(),
    operatorId: text('operator_id').notNull(),
    /** As the operator wrote it, for the tenant's owners. */
    reason: text('reason').notNull(),
    createdAt: instant('created_at').notNull(),
    endsAt: instant('ends_at').notNull(),
    /** Before its time; null if it was not. */
    endedAt: instant('ended_at'),
    /** `operator:<id>`, or `person:<id>` or `key:<id>` of the tenant. */
    endedBy: text('ended_by'),
  },
  (access) => [
    primaryKey({ columns: [access.tenantId, access.accessId] }),
    foreignKey({ columns: [access.tenantId], foreignColumns: [tenant.tenantId] }),
    index('support_access_newest').on(access.tenantId, sql`${access.createdAt} desc`, sql`${access.accessId} desc`),
  ],
)
