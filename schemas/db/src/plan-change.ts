import { sql } from 'drizzle-orm'
import { foreignKey, index, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { tenant, tenantPlans } from './tenant.ts'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/** What became of a wish for another plan: it waits · it was taken back or replaced · the operator said no · the plan holds from then on. */
export const planChangeStates = ['requested', 'withdrawn', 'refused', 'applied'] as const

/** The history of an account's plan: rows are added and never change. What holds now is in `tenant`. */
export const planChange = pgTable(
  'plan_change',
  {
    tenantId: text('tenant_id').notNull(),
    changeId: text('change_id').notNull(),
    at: instant('at').notNull(),
    fromPlan: text('from_plan', { enum: tenantPlans }).notNull(),
    toPlan: text('to_plan', { enum: tenantPlans }).notNull(),
    state: text('state', { enum: planChangeStates }).notNull(),
    /** `key:<id>` or `person:<id>` of the account, or `operator`. */
    by: text('by').notNull(),
    /** Limits agreed with it; only of `applied`. */
    overrides: jsonb('overrides').notNull().default({}),
  },
  (change) => [
    primaryKey({ columns: [change.tenantId, change.changeId] }),
    foreignKey({ columns: [change.tenantId], foreignColumns: [tenant.tenantId] }),
    index('plan_change_newest').on(change.tenantId, sql`${change.at} desc`, sql`${change.changeId} desc`),
  ],
)
