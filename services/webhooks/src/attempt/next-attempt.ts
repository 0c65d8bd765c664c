// When a failed delivery is tried again. Pure: the schedule, the clock and chance are arguments.

export type RetryPolicy = {
  /** Pauses between attempts in ms; one more attempt than pauses. */
  delaysMs: readonly number[]
  /** Each pause is longer or shorter by up to this share, so that endpoints that failed together are not called together. */
  jitter: number
  /** The longest that an endpoint may put us off with Retry-After, in ms. */
  maxRetryAfterMs: number
}

const minutes = 60_000
const hours = 60 * minutes

/** Eight attempts in about 28 hours. */
export const defaultPolicy: RetryPolicy = {
  delaysMs: [5_000, 5 * minutes, 30 * minutes, 2 * hours, 5 * hours, 10 * hours, 10 * hours],
  jitter: 0.2,
  maxRetryAfterMs: 10 * hours,
}

/** `gone`: the endpoint answered 410 and wants nothing any more. `retryAfterMs`: what it asked for, if it did. */
export type AttemptOutcome =
  | { kind: 'delivered' }
  | { kind: 'failed'; retryAfterMs?: number | undefined }
  | { kind: 'gone' }

export type NextStep = { status: 'delivered' | 'exhausted' | 'cancelled' } | { status: 'pending'; atMs: number }

/** What follows attempt number `attempt` (from 1); `random` is in [0, 1). */
export function nextAttempt(
  policy: RetryPolicy,
  attempt: number,
  outcome: AttemptOutcome,
  nowMs: number,
  random: number,
): NextStep {
  if (outcome.kind === 'delivered') return { status: 'delivered' }
  if (outcome.kind === 'gone') return { status: 'cancelled' }
  const delayMs = policy.delaysMs[attempt - 1]
  if (delayMs === undefined) return { status: 'exhausted' }
  const jittered = delayMs * (1 + policy.jitter * (2 * random - 1))
  const asked = Math.min(outcome.retryAfterMs ?? 0, policy.maxRetryAfterMs)
  return { status: 'pending', atMs: Math.round(nowMs + Math.max(jittered, asked)) }
}

/** `Retry-After` in ms from now: seconds or an HTTP date. Undefined when it says nothing that can be read. */
export function parseRetryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined
  if (/^\d{1,9}$/.test(header.trim())) return Number(header.trim()) * 1_000
  const atMs = Date.parse(header)
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs)
}
