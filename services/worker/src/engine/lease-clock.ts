// What an engine may still do under a lease that was last renewed then. Monotonic time: a jump of the wall clock changes nothing.
export type LeaseLimits = {
  /** Send nothing more. */
  quietMs: number
  /** Close the sockets: somebody else may own the partition soon. */
  closeMs: number
}

/** 14 s and 17 s of 20 s: a seventh of the lease's time is left before anybody else can claim it. */
export const leaseLimits = (ttlMs: number): LeaseLimits => ({ quietMs: ttlMs * 0.7, closeMs: ttlMs * 0.85 })

export type LeaseClock = { monotonicMs: () => number; limits: LeaseLimits }

export function leaseStanding(renewedAtMs: number, nowMs: number, limits: LeaseLimits): 'open' | 'quiet' | 'close' {
  const ageMs = nowMs - renewedAtMs
  if (ageMs >= limits.closeMs) return 'close'
  return ageMs >= limits.quietMs ? 'quiet' : 'open'
}
