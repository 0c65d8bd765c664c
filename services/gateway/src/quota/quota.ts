// May this account send one more message now? Judged from memory, before anything is written; right for all gateways together.
import { limitsOf } from '@wagate/messages/control.ts'
import { type PlanName, plans } from '@wagate/messages/plans.ts'
import type { Caller } from '../access/authenticate.ts'
import { DomainError } from '../http/problem.ts'
import type { LimitState } from '../http/rate-limit.ts'
import { minuteEnd, monthEnd, monthSeconds, secondsUntil } from './calendar.ts'
import type { Meter } from './meter.ts'
import type { MonthCounts } from './month.ts'

export type QuotaDeps = {
  meter: Pick<Meter, 'take' | 'spent'>
  month: Pick<MonthCounts, 'count' | 'used' | 'unwritten'>
  /** An account has sent enough since the last flush that the other gateways should know. */
  onDue: () => void
  now: () => Date
}
export type MessageQuota = ReturnType<typeof createMessageQuota>
type Sender = Pick<Caller, 'tenantId' | 'mode' | 'tenant'>

/** Of a month's messages, what a gateway may keep to itself. */
const dueShare = 0.01

export function createMessageQuota({ meter, month, onDue, now }: QuotaDeps) {
  /** Test messages are a minute's account of their own, and no month's. */
  const accountOf = ({ tenantId, mode }: Pick<Sender, 'tenantId' | 'mode'>): string =>
    mode === 'test' ? `${tenantId}.test` : tenantId

  async function takeMinute(sender: Sender): Promise<() => void> {
    const { messagesPerMinute, testMessagesPerMinute } = limitsOf(sender.tenant)
    const limit = sender.mode === 'test' ? testMessagesPerMinute : messagesPerMinute
    const taken = await meter.take(accountOf(sender), limit)
    if (!taken) throw minuteIsFull(sender, limit, now())
    return taken.giveBack
  }

  return {
    /** Counts one message; resolves with what takes that back if it is not accepted. Throws `message-quota-exceeded`. */
    async take(sender: Sender): Promise<() => void> {
      if (sender.mode === 'test') return takeMinute(sender)
      const { tenantId, tenant } = sender
      const limit = limitsOf(tenant).messagesPerMonth
      if (month.used(tenantId) >= limit) throw monthIsFull(tenant.plan ?? 'basic', limit, now())
      const uncount = month.count(tenantId)
      try {
        const giveBack = await takeMinute(sender)
        if (month.unwritten(tenantId) >= Math.max(1, Math.floor(limit * dueShare))) onDue()
        return () => {
          uncount()
          giveBack()
        }
      } catch (error) {
        uncount()
        throw error
      }
    },

    /** What is used of each window, by all gateways. */
    used: (tenantId: string) => ({
      minute: meter.spent(accountOf({ tenantId, mode: 'live' })),
      testMinute: meter.spent(accountOf({ tenantId, mode: 'test' })),
      month: month.used(tenantId),
    }),

    /** For the `RateLimit` headers of an answer. */
    states(sender: Sender): LimitState[] {
      const at = now()
      const { messagesPerMinute, testMessagesPerMinute, messagesPerMonth } = limitsOf(sender.tenant)
      const minute = (name: string, quota: number): LimitState => ({
        ...{ name, quota, windowSeconds: 60, left: quota - meter.spent(accountOf(sender)) },
        resetSeconds: secondsUntil(minuteEnd(at), at),
      })
      if (sender.mode === 'test') return [minute('test-messages-per-minute', testMessagesPerMinute)]
      return [
        minute('messages-per-minute', messagesPerMinute),
        {
          ...{ name: 'messages-per-month', quota: messagesPerMonth, windowSeconds: monthSeconds(at) },
          left: messagesPerMonth - month.used(sender.tenantId),
          resetSeconds: secondsUntil(monthEnd(at), at),
        },
      ]
    },
  }
}

function minuteIsFull({ mode, tenant }: Sender, limit: number, at: Date): DomainError {
  const retryAfterSeconds = secondsUntil(minuteEnd(at), at)
  const what = mode === 'test' ? 'messages of sandbox sessions' : 'messages'
  return new DomainError(
    'message-quota-exceeded',
    `${titleOf(tenant.plan)} allows ${written(limit)} ${what} a minute for this account: go on in ${retryAfterSeconds} s, more slowly, or choose a bigger plan with POST /v1/plan.`,
    { retryAfterSeconds },
  )
}

function monthIsFull(plan: PlanName, limit: number, at: Date): DomainError {
  const reset = monthEnd(at)
  return new DomainError(
    'message-quota-exceeded',
    `${titleOf(plan)} allows ${written(limit)} messages a month for this account, and they are used. The next month begins on ${reset.toISOString().slice(0, 10)} (UTC); a bigger plan helps at once: POST /v1/plan.`,
    { retryAfterSeconds: secondsUntil(reset, at) },
  )
}

const titleOf = (plan: PlanName = 'basic'): string => plans[plan].title
const written = (count: number): string => count.toLocaleString('en')
