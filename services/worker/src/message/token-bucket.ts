// So much at once after a rest, and so much a second after that. A clock that jumps back gives nothing away.
export type Rate = {
  /** Sustained, per second. */
  perSecond: number
  burst: number
}

export type Bucket = { tokens: number; filledAtMs: number }

export const fullBucket = ({ burst }: Rate, nowMs: number): Bucket => ({ tokens: burst, filledAtMs: nowMs })

export const tokensAt = ({ perSecond, burst }: Rate, { tokens, filledAtMs }: Bucket, nowMs: number): number =>
  Math.min(burst, tokens + (Math.max(0, nowMs - filledAtMs) / 1_000) * perSecond)

/** In how many ms there is a whole token. */
export const tokenWaitMs = ({ perSecond }: Rate, tokens: number): number =>
  tokens >= 1 ? 0 : ((1 - tokens) / perSecond) * 1_000

/** Takes a token, or says in how many ms there will be one. */
export function takeToken(rate: Rate, bucket: Bucket, nowMs: number): { bucket: Bucket; waitMs: number } {
  const tokens = tokensAt(rate, bucket, nowMs)
  const waitMs = Math.ceil(tokenWaitMs(rate, tokens))
  return { bucket: { tokens: waitMs > 0 ? tokens : tokens - 1, filledAtMs: nowMs }, waitMs }
}
