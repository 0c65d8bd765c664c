// A token bucket per API key, in the memory of this gateway: n gateways allow up to n times the rate.

export type RatePolicy = {
  /** Requests a second that may go on for ever. */
  perSecond: number
  /** Requests that may come at once after a pause. */
  burst: number
}

export type RateVerdict = {
  allowed: boolean
  headers: { 'ratelimit-policy': string; ratelimit: string }
  /** Seconds until a request is allowed again; 0 when this one was. */
  retryAfterSeconds: number
}

/** `take(key, nowMs)` spends one request of that key; the clock must not go back. Buckets that are full again are forgotten. */
export function createRateLimiter(policy: RatePolicy) {
  const buckets = new Map<string, { tokens: number; atMs: number }>()
  const windowSeconds = Math.max(1, Math.ceil(policy.burst / policy.perSecond))
  const policyHeader = `"default";q=${policy.burst};w=${windowSeconds}`
  let sweptAtMs = 0

  return function take(key: string, nowMs: number): RateVerdict {
    const bucket = buckets.get(key) ?? { tokens: policy.burst, atMs: nowMs }
    bucket.tokens = Math.min(policy.burst, bucket.tokens + ((nowMs - bucket.atMs) / 1_000) * policy.perSecond)
    bucket.atMs = nowMs
    const allowed = bucket.tokens >= 1
    if (allowed) bucket.tokens -= 1
    buckets.set(key, bucket)
    if (nowMs - sweptAtMs > windowSeconds * 1_000) sweep(nowMs)
    const fullInSeconds = Math.ceil((policy.burst - bucket.tokens) / policy.perSecond)
    return {
      allowed,
      headers: {
        'ratelimit-policy': policyHeader,
        ratelimit: `"default";r=${Math.floor(bucket.tokens)};t=${fullInSeconds}`,
      },
      retryAfterSeconds: allowed ? 0 : Math.max(1, Math.ceil((1 - bucket.tokens) / policy.perSecond)),
    }
  }

  function sweep(nowMs: number): void {
    sweptAtMs = nowMs
    for (const [key, bucket] of buckets)
      if (bucket.tokens + ((nowMs - bucket.atMs) / 1_000) * policy.perSecond >= policy.burst) buckets.delete(key)
  }
}
export type TakeRequest = ReturnType<typeof createRateLimiter>
