// Guessing is slowed: so many attempts per account and per address, counted in Postgres, so that three gateways allow no more than one.
import { createHmac } from 'node:crypto'
import { attempt } from '@wagate/db/person.ts'
import { limitedAs } from '@wagate/runtime/address.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { lt } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/postgres-js'
import { RateLimiterDrizzle, RateLimiterRes } from 'rate-limiter-flexible'
import { DomainError } from '../http/problem.ts'

/** What may be tried how often, by the one it is about (`account`) and the one it comes from (`address`). */
const policies = {
  sign_in: { account: { points: 10, duration: 900 }, address: { points: 100, duration: 900 } },
  sign_up: { account: { points: 5, duration: 3_600 }, address: { points: 100, duration: 3_600 } },
  /** Codes of somebody who is signed in already. */
  second_factor: { account: { points: 10, duration: 900 }, address: { points: 100, duration: 900 } },
  mail: { account: { points: 5, duration: 3_600 }, address: { points: 30, duration: 3_600 } },
  /** By the sign-up that the link is for: this often its password may be tried. */
  verify_email: { account: { points: 10, duration: 900 }, address: { points: 100, duration: 900 } },
  link: { account: { points: 100, duration: 900 }, address: { points: 100, duration: 900 } },
  invitation: { account: { points: 50, duration: 3_600 }, address: { points: 100, duration: 3_600 } },
} as const
export type AttemptKind = keyof typeof policies

/** What may happen once, and for how long that is remembered, in seconds. */
const once = {
  /** So long an authenticator app's code is taken, with the clocks' difference that is allowed for. */
  code: 180,
  /** As long as the library locks the second factor. */
  lockout: 900,
} as const

export type AttemptsDeps = {
  sql: Sql
  secret: string
  now: () => Date
  /** The account has no attempts left; told once until it has again. */
  onBlocked: (kind: AttemptKind, account: string, address: string) => void
}
export type Attempts = ReturnType<typeof createAttempts>

export function createAttempts({ sql, secret, now, onBlocked }: AttemptsDeps) {
  const database = drizzle(sql)
  const limiter = (keyPrefix: string, policy: { points: number; duration: number }) =>
    new RateLimiterDrizzle({
      ...policy,
      ...{ storeClient: database, schema: attempt, keyPrefix, clearExpiredByTimeout: false },
    })
  const limiterOf = (kind: AttemptKind, who: 'account' | 'address') => limiter(`${kind}.${who}`, policies[kind][who])
  const limiters = Object.fromEntries(
    (Object.keys(policies) as AttemptKind[]).map((kind) => [
      kind,
      { account: limiterOf(kind, 'account'), address: limiterOf(kind, 'address') },
    ]),
  ) as Record<AttemptKind, Record<'account' | 'address', RateLimiterDrizzle>>

  const claims = {
    code: limiter('once.code', { points: 1, duration: once.code }),
    lockout: limiter('once.lockout', { points: 1, duration: once.lockout }),
  }

  /** Neither addresses of people nor of machines are kept. */
  const blind = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url')

  /** Why not; undefined when it is within the limit. */
  async function consume(
    of: RateLimiterDrizzle,
    key: string,
    onRefused: (tries: number) => void = () => {},
  ): Promise<RateLimiterRes | undefined> {
    try {
      await orUnavailable(() => of.consume(blind(key)))
      return undefined
    } catch (error) {
      if (!(error instanceof RateLimiterRes)) throw error
      onRefused(error.consumedPoints)
      return error
    }
  }

  return {
    /** Counts one. Throws `too-many-attempts`. */
    async take(kind: AttemptKind, account: string, address: string): Promise<void> {
      const { points } = policies[kind].account
      const refused =
        (await consume(limiters[kind].address, limitedAs(address))) ??
        (await consume(limiters[kind].account, account, (tries) => {
          if (tries === points + 1) onBlocked(kind, account, address)
        }))
      if (!refused) return
      const retryAfterSeconds = Math.max(1, Math.ceil(refused.msBeforeNext / 1_000))
      const detail = `Too many attempts: wait ${inWords(retryAfterSeconds)}, then try again.`
      throw new DomainError('too-many-attempts', detail, { retryAfterSeconds })
    },

    /** True for the first who asks while it is remembered. */
    claim: async (kind: keyof typeof once, what: string): Promise<boolean> =>
      (await consume(claims[kind], what)) === undefined,

    /** It was no guess: the account's count begins anew. */
    forgive: (kind: AttemptKind, account: string): Promise<unknown> =>
      orUnavailable(() => limiters[kind].account.delete(blind(account))),

    removeExpired: (): Promise<unknown> =>
      orUnavailable(async () => database.delete(attempt).where(lt(attempt.expire, now()))),
  }
}

const inWords = (seconds: number): string => (seconds < 120 ? `${seconds} s` : `${Math.ceil(seconds / 60)} minutes`)
