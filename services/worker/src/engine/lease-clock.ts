// What an engine may still do under a lease that was last renewed then. Monotonic time: a jump of the wall clock changes nothing.
export type LeaseLimits = {
  /** Send nothing more. */
  quietMs: number
  /** Close the sockets: somebody else may own the partition soon. */
  closeMs: number
}

/** For a lease of 20 s; 3 s are left before anybody else can claim it. */
export const leaseLimits: LeaseLimits = { quietMs: 14_000, closeMs: 17_000 }

export type LeaseClock = { monotonicMs: () => number; limits: LeaseLimits }

export function leaseStanding(renewedAtMs: number, nowMs: number, limits: LeaseLimits): 'open' | 'quiet' | 'close' {
  const ageMs = nowMs - renewedAtMs
  if (ageMs >= limits.closeMs) return 'close'
  return ageMs >= limits.quietMs ? 'quiet' : 'open'
}
