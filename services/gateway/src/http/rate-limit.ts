// A token bucket per API key, in the memory of this gateway: n gateways allow up to n times the rate. And how limits are told, as
// draft-ietf-httpapi-ratelimit-headers has it.

export type RatePolicy = {
  /** Requests a second that may go on for ever. */
  perSecond: number
  /** Requests that may come at once after a pause. */
  burst: number
}

/** A limit of so many in a window, and how it stands. */
export type LimitState = { name: string; quota: number; windowSeconds: number; left: number; resetSeconds: number }
export type LimitHeaders = { 'ratelimit-policy': string; ratelimit: string }

/** Lists of as many members as there are limits. */
export const limitHeaders = (states: readonly LimitState[]): LimitHeaders => ({
  'ratelimit-policy': states
    .map(({ name, quota, windowSeconds }) => `"${name}";q=${quota};w=${windowSeconds}`)
    .join(', '),
  ratelimit: states
    .map(({ name, left, resetSeconds }) => `"${name}";r=${Math.max(0, left)};t=${resetSeconds}`)
    .join(', '),
})

export type RateVerdict = {
  allowed: boolean
  state: LimitState
  /** Seconds until a request is allowed again; 0 when this one was. */
  retryAfterSeconds: number
}

/**
 * `take(key, nowMs)` spends one request of that key; the clock must not go back. `perSecond` lowers rate and burst for one key.
 * Buckets that are full again are forgotten.
 */
export function createRateLimiter(policy: RatePolicy) {
  const buckets = new Map<string, { tokens: number; atMs: number; own: RatePolicy }>()
  let sweptAtMs = 0

  return function take(key: string, nowMs: number, perSecond: number = policy.perSecond): RateVerdict {
    const own = perSecond < policy.perSecond ? lowered(policy, perSecond) : policy
    const bucket = buckets.get(key) ?? { tokens: own.burst, atMs: nowMs, own }
    bucket.own = own
    bucket.tokens = filled(bucket, nowMs)
    bucket.atMs = nowMs
    const allowed = bucket.tokens >= 1
    if (allowed) bucket.tokens -= 1
    buckets.set(key, bucket)
    if (nowMs - sweptAtMs > sweepMs) sweep(nowMs)
    const fullInSeconds = Math.ceil((own.burst - bucket.tokens) / own.perSecond)
    return {
      allowed,
      state: {
        ...{ name: 'default', quota: own.burst, windowSeconds: Math.max(1, Math.ceil(own.burst / own.perSecond)) },
        ...{ left: Math.floor(bucket.tokens), resetSeconds: fullInSeconds },
      },
      retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((1 - bucket.tokens) / own.perSecond)),
    }
  }

  function sweep(nowMs: number): void {
    sweptAtMs = nowMs
    for (const [key, bucket] of buckets) if (filled(bucket, nowMs) >= bucket.own.burst) buckets.delete(key)
  }
}

const sweepMs = 10_000

/** The same relation of burst and rate. */
const lowered = ({ burst, perSecond: most }: RatePolicy, perSecond: number): RatePolicy => ({
  perSecond,
  burst: Math.max(1, Math.ceil((burst * perSecond) / most)),
})

const filled = ({ tokens, atMs, own }: { tokens: number; atMs: number; own: RatePolicy }, nowMs: number): number =>
  Math.min(own.burst, tokens + ((nowMs - atMs) / 1_000) * own.perSecond)
export type TakeRequest = ReturnType<typeof createRateLimiter>
