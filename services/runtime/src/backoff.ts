// How long to wait before trying again.

/** Doubles from `baseMs` up to `capMs`; `random` in [0, 1) spreads it by ±20 %. `attempt` counts from 1. */
export function backoffMs(attempt: number, random: number, { baseMs = 250, capMs = 10_000 } = {}): number {
  const exact = Math.min(capMs, baseMs * 2 ** Math.min(attempt - 1, 30))
  return Math.round(exact * (0.8 + 0.4 * random))
}
