import type { AccountPlan, OfferedPlan, PlanLimits, PlanUse } from '@wagate/api/plan.ts'
import { type Limits, limitsWith, type PlanName, planNames, plans } from '@wagate/messages/plans.ts'
import type { Standing } from '../control/plans.ts'

export const presentLimits = (limits: Limits): PlanLimits => ({
  live_sessions: limits.liveSessions,
  sandbox_sessions: limits.sandboxSessions,
  sandbox_phones: limits.sandboxPhones,
  messages_per_minute: limits.messagesPerMinute,
  messages_per_month: limits.messagesPerMonth,
  test_messages_per_minute: limits.testMessagesPerMinute,
  members: limits.members,
  api_keys: limits.apiKeys,
  webhook_endpoints: limits.webhookEndpoints,
  media_bytes: limits.mediaBytes,
  retention_days: limits.retentionDays,
})

function termsOf(name: PlanName) {
  const { title, monthlyPrice, slaPercent, pool } = plans[name]
  return { title, monthly_price_usd: monthlyPrice, sla_percent: slaPercent, dedicated: pool === 'dedicated' }
}

export const presentOffers = (): OfferedPlan[] =>
  planNames.map((name) => ({ name, ...termsOf(name), limits: presentLimits(plans[name].limits) }))

export const presentAccount = (
  { plan, overrides, monthlyPriceCents, wish }: Standing,
  used: PlanUse,
  monthEnd: Date,
): AccountPlan => ({
  plan,
  ...termsOf(plan),
  ...(monthlyPriceCents !== undefined && { monthly_price_usd: monthlyPriceCents / 100 }),
  limits: presentLimits(limitsWith(plan, overrides)),
  used,
  month_resets_at: monthEnd.toISOString(),
  requested: wish ? { plan: wish.plan, since: wish.since.toISOString() } : null,
})
