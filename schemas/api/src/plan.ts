// An account's plan: what it allows, what is used of it, and how to change it.
import { planNames } from '@wagate/messages/plans.ts'
import { z } from 'zod'
import { timestamp } from './party.ts'

const name = z.enum(planNames)
const count = z.int()
const inEachMode = z.object({ test: count, live: count }).meta({ id: 'CountByMode' })

export const planLimits = z
  .object({
    live_sessions: count,
    sandbox_sessions: count.meta({ description: 'They do not count against `live_sessions`.' }),
    sandbox_phones: count,
    messages_per_minute: count.meta({ description: 'Accepted messages of live sessions in a minute of the clock.' }),
    messages_per_month: count.meta({ description: 'Accepted messages of live sessions in a calendar month, UTC.' }),
    test_messages_per_minute: count.meta({ description: 'Of sandbox sessions; they count against no month.' }),
    members: count,
    api_keys: count.meta({ description: 'That work, in each mode.' }),
    webhook_endpoints: count.meta({ description: 'In each mode.' }),
    media_bytes: count.meta({ description: 'Of stored media.' }),
    retention_days: count.meta({ description: 'For which messages are kept.' }),
  })
  .meta({ id: 'PlanLimits' })
export type PlanLimits = z.infer<typeof planLimits>

const terms = {
  title: z.string().meta({ example: 'PRO' }),
  monthly_price_usd: z.number().nullable().meta({ description: 'Null: by agreement.', example: 29 }),
  sla_percent: z
    .number()
    .nullable()
    .meta({ description: 'Promised share of time in which sessions can be used; null: none is promised.' }),
  dedicated: z.boolean().meta({ description: 'Whether sessions run on workers of their own.' }),
}

export const offeredPlan = z
  .object({ name, ...terms, limits: planLimits })
  .meta({ id: 'OfferedPlan', description: 'What everybody gets who chooses it.' })
export type OfferedPlan = z.infer<typeof offeredPlan>
export const planList = z.object({ data: z.array(offeredPlan) }).meta({ id: 'PlanList' })

export const planUse = z
  .object({
    live_sessions: count,
    sandbox_sessions: count,
    messages_this_minute: count,
    messages_this_month: count,
    test_messages_this_minute: count,
    api_keys: inEachMode,
    webhook_endpoints: inEachMode,
    members: count.meta({ description: 'Open invitations do not count here, but need room.' }),
  })
  .meta({ id: 'PlanUse' })
export type PlanUse = z.infer<typeof planUse>

export const accountPlan = z
  .object({
    plan: name,
    ...terms,
    limits: planLimits.meta({ description: 'In force: the plan’s, or what was agreed with you.' }),
    used: planUse,
    month_resets_at: timestamp.meta({ description: 'When `messages_this_month` begins anew.' }),
    requested: z
      .object({ plan: name, since: timestamp })
      .nullable()
      .meta({ description: 'The plan that you asked for and that waits for approval.' }),
  })
  .meta({ id: 'AccountPlan' })
export type AccountPlan = z.infer<typeof accountPlan>

export const changePlan = z
  .strictObject({
    plan: z
      .enum(planNames, { error: `Write one of ${planNames.join(', ')}.` })
      .meta({ description: 'The plan that you want; the one that you have takes a request back.', example: 'pro' }),
  })
  .meta({ id: 'ChangePlan', example: { plan: 'pro' } })
export type ChangePlan = z.infer<typeof changePlan>

export const planChange = z
  .object({
    status: z.enum(['applied', 'awaiting_approval']).meta({
      description: '`applied`: the plan holds. `awaiting_approval`: nothing has changed yet.',
    }),
    account: accountPlan,
  })
  .meta({ id: 'PlanChange' })
export type PlanChange = z.infer<typeof planChange>
