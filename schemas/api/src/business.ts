// How the business goes, by calendar month: for the operator.
import { z } from 'zod'

export const maxBusinessMonths = 36

const month = z
  .string({ error: 'Write a month like 2026-11.' })
  .regex(/^20\d\d-(0[1-9]|1[0-2])$/, 'Write a month like 2026-11.')
const count = z.int()
const cents = z.int().meta({ description: 'US cents a month.' })
const rate = z.number().nullable()

export const businessQuery = z.strictObject({
  from: month.optional().meta({ description: 'The first month; eleven before `to` unless told.', example: '2026-01' }),
  to: month.optional().meta({
    description: `The last month, and at most ${maxBusinessMonths} with the first; the running one unless told.`,
    example: '2026-11',
  }),
})
export type BusinessQuery = z.input<typeof businessQuery>

export const businessMonth = z
  .object({
    month,
    complete: z.boolean().meta({ description: 'False for the running month, which is counted up to now.' }),
    mrr_cents: cents.meta({
      description: 'Monthly recurring revenue at the end: the prices of the plans in force then.',
    }),
    customers: z
      .object({
        ...{ basic: count, pro: count, max: count, enterprise: count },
        paying: count.meta({ description: 'Whose price is above 0.' }),
        unpriced: count.meta({ description: 'On a plan by agreement whose price nobody wrote down: 0 in every sum.' }),
      })
      .meta({ description: 'Accounts at the end, by plan; suspended ones too, until they are erased.' }),
    new_accounts: count,
    conversion: z.object({
      paid_within_30_days: count.meta({ description: 'Of the new accounts: had a plan with a price 30 days later.' }),
      rate: rate.meta({ description: 'Share of the new accounts; null when there were none.' }),
      final: z.boolean().meta({ description: 'Whether all of them have had their 30 days.' }),
    }),
    funnel: z.object({ signed_up: count, linked: count, sent: count, paid: count }).meta({
      description: 'How far the new accounts of the month have come until now; sandbox sessions do not count.',
    }),
    upgrades: count.meta({ description: 'Changes to a higher price, from nothing too.' }),
    downgrades: count.meta({ description: 'Changes to a lower price, to nothing too.' }),
    churn: z.object({
      paying_at_start: count,
      lost: count.meta({ description: 'Of those: do not pay at the end.' }),
      rate: rate.meta({ description: 'lost ÷ paying_at_start; null without any.' }),
      mrr_cents_at_start: cents,
      mrr_cents_lost: cents.meta({ description: 'By how much those who paid at the start pay less at the end.' }),
      revenue_rate: rate.meta({ description: 'mrr_cents_lost ÷ mrr_cents_at_start; null without any.' }),
    }),
  })
  .meta({ id: 'BusinessMonth' })
export type BusinessMonth = z.infer<typeof businessMonth>

export const business = z
  .object({ from: month, to: month, months: z.array(businessMonth).meta({ description: 'Those that have begun.' }) })
  .meta({ id: 'Business' })
export type Business = z.infer<typeof business>
