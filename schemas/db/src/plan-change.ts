import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { tenant, tenantPlans } from './tenant.ts'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/** What became of a wish for another plan: it waits · it was taken back or replaced · the operator said no · the plan holds from then on. */
export const planChangeStates = ['requested', 'withdrawn', 'refused', 'applied'] as const

/**
 * The history of an account's plan: rows are added and never change. What holds now is in `tenant`. An account begins on BASIC; one that was
 * made with another plan has a row of that moment. Of an erased account the `applied` ones stay, by nobody: the figures of past months are made of them.
 */
export const planChange = pgTable(
  'plan_change',
  {
    tenantId: text('tenant_id').notNull(),
    changeId: text('change_id').notNull(),
    at: instant('at').notNull(),
    fromPlan: text('from_plan', { enum: tenantPlans }).notNull(),
    toPlan: text('to_plan', { enum: tenantPlans }).notNull(),
    state: text('state', { enum: planChangeStates }).notNull(),
    /** `key:<id>` or `person:<id>` of the account, `operator`, or `erased`. */
    by: text('by').notNull(),
    /** US cents a month from then on; only of `applied`. Null: by an agreement that nobody wrote down. */
    monthlyPriceCents: integer('monthly_price_cents'),
    /** Limits agreed with it; only of `applied`. */
    overrides: jsonb('overrides').notNull().default({}),
  },
  (change) => [
    primaryKey({ columns: [change.tenantId, change.changeId] }),
    foreignKey({ columns: [change.tenantId], foreignColumns: [tenant.tenantId] }),
    index('plan_change_newest').on(change.tenantId, sql`${change.at} desc`, sql`${change.changeId} desc`),
  ],
)
