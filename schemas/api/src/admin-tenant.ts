// The operator's view of the accounts: who they are, what they have and use, and what is decided about them.
import { planNames } from '@wagate/messages/plans.ts'
import { z } from 'zod'
import { byEmail, suspension } from './account.ts'
import { jobFields } from './job.ts'
import { page, pageQuery } from './paging.ts'
import { mode, timestamp } from './party.ts'
import { planLimits, planUse } from './plan.ts'
import { text } from './text.ts'
import { usageQuery } from './usage.ts'

const plan = z.enum(planNames, { error: `Write one of ${planNames.join(', ')}.` }).meta({ example: 'pro' })
const count = z.int()
const tenantId = z.string().meta({ example: 'ten_01KAJ3Q5V0G1HNTD1Q0D7X5W3A' })
const requested = z
  .object({ plan: z.enum(planNames), since: timestamp })
  .nullable()
  .meta({ description: 'The plan that was asked for and waits for approval.' })
const price = z
  .int()
  .nullable()
  .meta({ description: 'US cents a month: agreed, or the plan’s. Null: by agreement, and none is written down.' })
const ofMode = z.object({ existing: count, connected: count.meta({ description: 'At WhatsApp, now.' }) })

const summary = {
  id: tenantId,
  name: z.string(),
  status: z.enum(['active', 'suspended']),
  suspended: suspension.nullable(),
  plan: z.enum(planNames),
  monthly_price_cents: price,
  requested,
  members: count,
  sessions: z.object({ live: ofMode, sandbox: ofMode }),
  messages_this_month: count.meta({ description: 'Accepted ones of live sessions, as the limit counts them.' }),
  messages_per_month: count,
  created_at: timestamp,
  deletes_at: timestamp.nullable().meta({ description: 'When it is erased, if somebody asked for that.' }),
}

export const adminTenant = z.object(summary).meta({ id: 'AdminTenant' })
export type AdminTenant = z.infer<typeof adminTenant>
export const adminTenantPage = page(adminTenant, 'AdminTenantPage')

export const adminTenantsQuery = z.strictObject({
  ...pageQuery,
  status: z
    .enum(['active', 'suspended', 'deleting'], { error: 'Write active, suspended or deleting.' })
    .optional()
    .meta({ description: '`deleting`: it is to be erased, and can still be kept.' }),
  plan: plan.optional(),
  requested: z
    .enum(['true', 'false'], { error: 'Write true or false.' })
    .optional()
    .meta({ description: 'Whether a request for another plan waits.' }),
  q: text({ min: 1, max: 100, sentence: 'Write text.' })
    .optional()
    .meta({ description: 'A part of the name, or how the id begins.', example: 'shoes' }),
  owner_email: byEmail.shape.email
    .optional()
    .meta({ description: 'Of an owner, whole: addresses are not searched by parts.', example: 'ada@example.com' }),
})
export type AdminTenantsQuery = z.input<typeof adminTenantsQuery>

export const agreedLimits = planLimits
  .partial()
  .strict()
  .refine((limits) => Object.values(limits).every((limit) => limit === undefined || limit >= 0), {
    error: 'Write whole numbers from 0.',
  })
  .meta({ id: 'AgreedLimits', description: 'In place of the plan’s; those not named are the plan’s.' })
export type AgreedLimits = z.infer<typeof agreedLimits>

export const adminTenantDetail = z
  .object({
    ...summary,
    limits: planLimits.meta({ description: 'In force.' }),
    agreed_limits: agreedLimits,
    agreed_price_cents: z.int().nullable(),
    used: planUse,
    owners: z.array(z.object({ id: z.string(), name: z.string(), email: z.string(), two_factor: z.boolean() })),
    plan_changes: z
      .array(
        z.object({
          at: timestamp,
          from: z.enum(planNames),
          to: z.enum(planNames),
          state: z.enum(['requested', 'withdrawn', 'refused', 'applied']),
          by: z.string().meta({ description: '`key:…` or `person:…` of the account, or `operator`.' }),
          monthly_price_cents: z.int().nullable().meta({ description: 'From then on, if it was applied.' }),
        }),
      )
      .meta({ description: 'Newest first, 50 at most.' }),
    jobs: z
      .array(
        z.object({
          id: z.string(),
          kind: z.enum(['export', 'erase_person', 'erase_tenant']),
          ...{ status: jobFields.status, progress: jobFields.progress, created_at: timestamp },
          due_at: timestamp.nullable(),
        }),
      )
      .meta({ description: 'Exports and erasures that are not over, newest first, 50 at most.' }),
  })
  .meta({ id: 'AdminTenantDetail' })
export type AdminTenantDetail = z.infer<typeof adminTenantDetail>

const terms = {
  limits: agreedLimits.optional(),
  monthly_price_cents: z
    .int('Write a whole number of US cents.')
    .min(0, 'Write 0 or more.')
    .max(100_000_000, 'Write at most 100000000.')
    .optional()
    .meta({ description: 'US cents a month, agreed in place of the plan’s price.', example: 49_900 }),
}

export const createAdminTenant = z
  .strictObject({
    name: text({ min: 1, max: 100, sentence: 'Write the name as text.' }).meta({ example: 'Trattoria Ada' }),
    plan: plan.default('basic'),
    ...terms,
    owner_email: byEmail.shape.email
      .optional()
      .meta({ description: 'Gets a mail with an invitation to join as owner.', example: 'ada@example.com' }),
  })
  .meta({ id: 'CreateAdminTenant', example: { name: 'Trattoria Ada', plan: 'pro', owner_email: 'ada@example.com' } })
export type CreateAdminTenant = z.input<typeof createAdminTenant>

export const newAdminTenant = z
  .object({
    tenant: adminTenantDetail,
    invitation: z.object({ id: z.string(), email: z.string(), expires_at: timestamp }).nullable(),
  })
  .meta({ id: 'NewAdminTenant' })
export type NewAdminTenant = z.infer<typeof newAdminTenant>

export const suspendTenant = z
  .strictObject({
    reason: text({ min: 1, max: 500, sentence: 'Write the reason as text: the customer reads it.' }).meta({
      description: 'The customer reads it.',
    }),
  })
  .meta({ id: 'SuspendTenant', example: { reason: 'The invoice of October is not paid.' } })
export type SuspendTenant = z.input<typeof suspendTenant>

export const setPlan = z.strictObject({ plan, ...terms }).meta({
  id: 'SetPlan',
  example: { plan: 'enterprise', limits: { live_sessions: 200 }, monthly_price_cents: 49_900 },
})
export type SetPlan = z.input<typeof setPlan>

export const planRequest = z
  .object({
    tenant_id: tenantId,
    name: z.string(),
    plan: z.enum(planNames).meta({ description: 'That holds now.' }),
    requested_plan: z.enum(planNames),
    since: timestamp,
  })
  .meta({ id: 'PlanRequest' })
export const planRequests = z.object({ data: z.array(planRequest) }).meta({ id: 'PlanRequests' })
export type PlanRequests = z.infer<typeof planRequests>

export const deleteTenant = z
  .strictObject({
    grace_days: z
      .int('Write a whole number of days.')
      .min(1, 'Leave at least one day, in which it can be taken back.')
      .max(365, 'Write at most 365.')
      .default(30)
      .meta({ description: 'How long it can be taken back.', example: 30 }),
  })
  .meta({ id: 'DeleteTenant', example: { grace_days: 30 } })
export type DeleteTenant = z.input<typeof deleteTenant>

export const adminUsageQuery = usageQuery.extend({
  mode: mode.default('live').meta({ description: 'Whose figures: of live sessions, or of sandbox ones.' }),
})
export type AdminUsageQuery = z.input<typeof adminUsageQuery>
