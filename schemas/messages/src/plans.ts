// The plans as data: what an account gets, for how much. The gateway enforces them from the tenant's record, `/v1/plans` shows them.
import { z } from 'zod'

export const planNames = ['basic', 'pro', 'max', 'enterprise'] as const
export const planName = z.enum(planNames)
export type PlanName = z.infer<typeof planName>

const amount = z.number().int().min(0)

/** What an account may have, and do. Test mode is for developing: what it has of its own does not count against the plan. */
export const limits = z.object({
  /** Linked WhatsApp accounts. */
  liveSessions: amount,
  sandboxSessions: amount,
  sandboxPhones: amount,
  /** Accepted messages of live sessions in a minute of the clock. A session at its usual pace writes about 34 a minute. */
  messagesPerMinute: amount,
  /** Accepted messages of live sessions in a calendar month, UTC. */
  messagesPerMonth: amount,
  /** Accepted messages of sandbox sessions in a minute of the clock; those of a month are not counted. */
  testMessagesPerMinute: amount,
  members: amount,
  /** API keys that work, in each mode. */
  apiKeys: amount,
  /** In each mode. */
  webhookEndpoints: amount,
  /** Bytes of stored media. */
  mediaBytes: amount,
  /** Days for which messages are kept. */
  retentionDays: amount,
})
export type Limits = z.infer<typeof limits>
export type LimitName = keyof Limits
export const limitNames = limits.keyof().options

/** Limits that were agreed with one customer, in place of the plan's. */
export const limitOverrides = limits.partial()
export type LimitOverrides = { [Name in LimitName]?: number | undefined }

/** `basic` and `pro` are pools that many accounts share, as the installation is configured; `dedicated` is the account's own. */
export type PlanPool = 'basic' | 'pro' | 'dedicated'

export type Plan = {
  title: string
  /** In US dollars; null: by agreement. */
  monthlyPrice: number | null
  limits: Limits
  pool: PlanPool
  /** Promised share of time in which sessions can be used, in percent; null: none is promised. */
  slaPercent: number | null
}

const gibibyte = 1024 ** 3

export const plans: Readonly<Record<PlanName, Plan>> = {
  basic: {
    title: 'BASIC',
    monthlyPrice: 0,
    limits: {
      liveSessions: 1,
      sandboxSessions: 10,
      sandboxPhones: 50,
      messagesPerMinute: 30,
      messagesPerMonth: 2_000,
      testMessagesPerMinute: 6_000,
      members: 2,
      apiKeys: 10,
      webhookEndpoints: 5,
      mediaBytes: gibibyte,
      retentionDays: 30,
    },
    pool: 'basic',
    slaPercent: null,
  },
  pro: {
    title: 'PRO',
    monthlyPrice: 29,
    limits: {
      liveSessions: 5,
      sandboxSessions: 10,
      sandboxPhones: 50,
      messagesPerMinute: 300,
      messagesPerMonth: 50_000,
      testMessagesPerMinute: 6_000,
      members: 10,
      apiKeys: 25,
      webhookEndpoints: 20,
      mediaBytes: 25 * gibibyte,
      retentionDays: 90,
    },
    pool: 'pro',
    slaPercent: 99.5,
  },
  max: {
    title: 'MAX',
    monthlyPrice: 99,
    limits: {
      liveSessions: 20,
      sandboxSessions: 10,
      sandboxPhones: 50,
      messagesPerMinute: 1_200,
      messagesPerMonth: 500_000,
      testMessagesPerMinute: 6_000,
      members: 50,
      apiKeys: 100,
      webhookEndpoints: 50,
      mediaBytes: 250 * gibibyte,
      retentionDays: 365,
    },
    pool: 'dedicated',
    slaPercent: 99.9,
  },
  /** Where an agreement begins: what was agreed is in the account's overrides. */
  enterprise: {
    title: 'ENTERPRISE',
    monthlyPrice: null,
    limits: {
      liveSessions: 100,
      sandboxSessions: 10,
      sandboxPhones: 50,
      messagesPerMinute: 6_000,
      messagesPerMonth: 5_000_000,
      testMessagesPerMinute: 6_000,
      members: 500,
      apiKeys: 500,
      webhookEndpoints: 200,
      mediaBytes: 1_000 * gibibyte,
      retentionDays: 730,
    },
    pool: 'dedicated',
    slaPercent: 99.9,
  },
}

/** What a plan costs by the table, in US cents; null: by agreement. */
export const listPriceCents = (plan: PlanName): number | null => {
  const { monthlyPrice } = plans[plan]
  return monthlyPrice === null ? null : monthlyPrice * 100
}

/** Those of a plan, with what was agreed in their place. Always in the order of `limitNames`. */
export function limitsWith(plan: PlanName, overrides: LimitOverrides): Limits {
  const resolved = { ...plans[plan].limits }
  for (const name of limitNames) resolved[name] = overrides[name] ?? resolved[name]
  return resolved
}
