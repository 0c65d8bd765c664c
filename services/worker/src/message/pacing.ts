// A token bucket per session: WhatsApp restricts accounts that write faster than people do.
export type Pace = {
  /** Sustained messages per second; Infinity in the sandbox. */
  perSecond: number
  burst: number
}

export const livePace: Pace = { perSecond: 1, burst: 5 }
export const sandboxPace: Pace = { perSecond: Number.POSITIVE_INFINITY, burst: 1 }

export type Bucket = { tokens: number; filledAtMs: number }

export const fullBucket = (pace: Pace, nowMs: number): Bucket => ({ tokens: pace.burst, filledAtMs: nowMs })

/** Takes a token, or says in how many ms there will be one. */
export function takeToken(pace: Pace, bucket: Bucket, nowMs: number): { bucket: Bucket; waitMs: number } {
  if (pace.perSecond === Number.POSITIVE_INFINITY) return { bucket, waitMs: 0 }
  const gained = (Math.max(0, nowMs - bucket.filledAtMs) / 1000) * pace.perSecond
  const tokens = Math.min(pace.burst, bucket.tokens + gained)
  if (tokens >= 1) return { bucket: { tokens: tokens - 1, filledAtMs: nowMs }, waitMs: 0 }
  return { bucket: { tokens, filledAtMs: nowMs }, waitMs: Math.ceil(((1 - tokens) / pace.perSecond) * 1000) }
}
