import { sql } from 'drizzle-orm'
import { boolean, date, integer, jsonb, pgTable, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/** As `planNames` of `@wagate/messages/plans.ts`, which this package may not import. */
export const tenantPlans = ['basic', 'pro', 'max', 'enterprise'] as const

/**
 * Who uses Wagate. Written by the gateway's management commands and mirrored to the KV bucket `tenants`.
 * Exempt from row-level security: it is read before the caller's tenant is known.
 */
export const tenant = pgTable(
  'tenant',
  {
    tenantId: text('tenant_id').primaryKey(),
    name: text('name').notNull(),
    status: text('status', { enum: ['active', 'suspended'] })
      .notNull()
      .default('active'),
    /** What the operator tells the customer of why; null while it is active, and when nothing was said. */
    suspendedReason: text('suspended_reason'),
    suspendedAt: instant('suspended_at'),
    /** The operators' own account: its people and keys run the installation, and it is no customer's. There is one at most. */
    operators: boolean('operators').notNull().default(false),
    plan: text('plan', { enum: tenantPlans }).notNull().default('basic'),
    /** Limits agreed with this customer, by name, in place of the plan's; they end with the plan they were agreed for. */
    overrides: jsonb('overrides').notNull().default({}),
    /** US cents a month, agreed with this customer in place of the plan's price; ends with the plan it was agreed for. */
    monthlyPriceCents: integer('monthly_price_cents'),
    /** The plan that was asked for and waits for the operator's approval, and since when. */
    requestedPlan: text('requested_plan', { enum: tenantPlans }),
    requestedAt: instant('requested_at'),
    /** Free for the operator's own notes, such as a billing reference. */
    metadata: jsonb('metadata').notNull().default({}),
    /** When everything of it is erased; null unless an owner asked for that. Until then it can be read, and that taken back. */
    deletesAt: instant('deletes_at'),
    /** It was: only this row and what its plans were are left, so that the id is never used again and past months stay true. */
    erasedAt: instant('erased_at'),
    /** What the business figures know of an erased one, whose rows of that are gone: it had linked an account · the day (UTC) of its first message. */
    hadLinked: boolean('had_linked'),
    firstSentOn: date('first_sent_on', { mode: 'string' }),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
  },
  (one) => [uniqueIndex('tenant_operators').on(one.operators).where(sql`${one.operators}`)],
)
