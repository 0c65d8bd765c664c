// How the accounts library says no, in our words.
import { orUnavailable } from '@wagate/runtime/postgres.ts'
import { APIError } from 'better-auth/api'
import type { Refused } from './accounts.ts'

/** Passwords are hashed on a thread pool that sign-ins share, so it may take seconds when many come. */
export const available = <Result>(run: () => Promise<Result>): Promise<Result> => orUnavailable(run, 10_000)

export const codeOf = (error: unknown): string | undefined =>
  error instanceof APIError && typeof error.body?.code === 'string' ? error.body.code : undefined

/** What somebody proves himself with is wrong. */
const unproved = new Set<string | undefined>(['INVALID_PASSWORD', 'INVALID_CODE', 'INVALID_BACKUP_CODE'])
export const isUnproved = (error: unknown): boolean => unproved.has(codeOf(error))

const reasons: Record<string, Refused['reason']> = {
  INVALID_EMAIL_OR_PASSWORD: 'wrong',
  INVALID_CODE: 'wrong',
  INVALID_BACKUP_CODE: 'wrong',
  TOTP_NOT_ENABLED: 'wrong',
  BACKUP_CODES_NOT_ENABLED: 'wrong',
  EMAIL_NOT_VERIFIED: 'unverified',
  ACCOUNT_TEMPORARILY_LOCKED: 'locked',
  TOO_MANY_ATTEMPTS_REQUEST_NEW_CODE: 'over',
  INVALID_TWO_FACTOR_COOKIE: 'over',
  TOKEN_EXPIRED: 'over',
  INVALID_TOKEN: 'over',
  USER_NOT_FOUND: 'over',
}

/** A backup code is taken out of the list by compare and set: it lost against another code of the list, or the same one. */
const lostRace = (error: unknown): boolean => error instanceof APIError && error.status === 'CONFLICT'

/** Tries again what lost: each time one code fewer is left, of ten. */
export async function contended<Result>(run: () => Promise<Result>, tries = 10): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    if (tries > 1 && lostRace(error)) return contended(run, tries - 1)
    throw error
  }
}

/** For one who would sign in. */
export async function refusable<Result>(run: () => Promise<Result>): Promise<Result | Refused> {
  try {
    return await available(run)
  } catch (error) {
    const reason = reasons[codeOf(error) ?? '']
    if (reason) return { kind: 'refused', reason }
    throw error
  }
}
