// Guessing is slowed: so many attempts per account and per address, counted in Postgres, so that three gateways allow no more than one.
import { createHmac } from 'node:crypto'
import { attempt } from '@wagate/db/person.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { lt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { RateLimiterDrizzle, RateLimiterRes } from 'rate-limiter-flexible'
import { DomainError } from '../http/problem.ts'

/** What may be tried how often, by the one it is about (`account`) and the one it comes from (`address`). */
const policies = {
  sign_in: { account: { points: 10, duration: 900 }, address: { points: 100, duration: 900 } },
  sign_up: { account: { points: 5, duration: 3_600 }, address: { points: 100, duration: 3_600 } },
  mail: { account: { points: 5, duration: 3_600 }, address: { points: 30, duration: 3_600 } },
  link: { account: { points: 100, duration: 900 }, address: { points: 100, duration: 900 } },
  invitation: { account: { points: 50, duration: 3_600 }, address: { points: 100, duration: 3_600 } },
} as const
export type AttemptKind = keyof typeof policies

export type AttemptsDeps = { sql: Sql; secret: string; now: () => Date }
export type Attempts = ReturnType<typeof createAttempts>

export function createAttempts({ sql, secret, now }: AttemptsDeps) {
  const database = drizzle(sql)
  const limiterOf = (kind: AttemptKind, who: 'account' | 'address') =>
    new RateLimiterDrizzle({
      ...policies[kind][who],
      storeClient: database,
      schema: attempt,
      keyPrefix: `${kind}.${who}`,
      clearExpiredByTimeout: false,
    })
  const limiters = Object.fromEntries(
    (Object.keys(policies) as AttemptKind[]).map((kind) => [
      kind,
      { account: limiterOf(kind, 'account'), address: limiterOf(kind, 'address') },
    ]),
  ) as Record<AttemptKind, Record<'account' | 'address', RateLimiterDrizzle>>

  /** Neither addresses of people nor of machines are kept. */
  const blind = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url')

  return {
    /** Counts one. Throws `too-many-attempts`. */
    async take(kind: AttemptKind, account: string, address: string): Promise<void> {
      try {
        await orUnavailable(async () => {
          await limiters[kind].address.consume(blind(address))
          await limiters[kind].account.consume(blind(account))
        })
      } catch (error) {
        if (!(error instanceof RateLimiterRes)) throw error
        const retryAfterSeconds = Math.max(1, Math.ceil(error.msBeforeNext / 1_000))
        throw new DomainError(
          'too-many-attempts',
          `Too many attempts: wait ${inWords(retryAfterSeconds)}, then try again.`,
          {
            retryAfterSeconds,
          },
        )
      }
    },

    /** It was no guess: the account's count begins anew. */
    forgive: (kind: AttemptKind, account: string): Promise<unknown> =>
      orUnavailable(() => limiters[kind].account.delete(blind(account))),

    removeExpired: (): Promise<unknown> =>
      orUnavailable(async () => database.delete(attempt).where(lt(attempt.expire, now()))),
  }
}

const inWords = (seconds: number): string => (seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`)
