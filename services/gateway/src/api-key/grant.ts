// What a key may give away: no more than it has. Otherwise the weakest key that may make keys would be worth as much as the strongest.
import type { Caller } from '../access/authenticate.ts'
import { checkScopesToGive } from '../access/check-scope.ts'
import { invalid } from '../http/problem.ts'

export type Grant = {
  scopes: readonly string[]
  requestsPerSecond: number | null
  expiresAt: Date | null
}

/** Throws `scope-missing` or `permission-missing`, or `invalid-request` for what is longer or faster than the caller's own. */
export function checkGrant(caller: Caller, wanted: Grant): void {
  checkScopesToGive(caller, wanted.scopes)
  const { expiresAt, requestsPerSecond } = wanted
  if (caller.expiresAt && (!expiresAt || expiresAt.getTime() > Date.parse(caller.expiresAt)))
    throw invalid('expires_at', `Your own API key ends at ${caller.expiresAt}: write that time or an earlier one.`)
  const most = caller.requestsPerSecond
  if (most !== undefined && (requestsPerSecond === null || requestsPerSecond > most))
    throw invalid('requests_per_second', `Your own API key may send ${most} requests a second: write at most that.`)
}

/** `expires_at` of a request. Throws `invalid-request` for what is over. */
export function endOf(text: string | null, now: Date): Date | null {
  if (text === null) return null
  const end = new Date(text)
  if (end <= now) throw invalid('expires_at', 'Write a time that is still to come, or null.')
  return end
}
