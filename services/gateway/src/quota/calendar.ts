// Where the windows of the quotas begin and end: the minute of the clock, and the month in UTC. Pure.

/** `2026-11`. */
export const monthOf = (at: Date): string => at.toISOString().slice(0, 7)

/** The first moment of the next month. */
export const monthEnd = (at: Date): Date => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1))

export const monthSeconds = (at: Date): number =>
  (monthEnd(at).getTime() - Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), 1)) / 1_000

/** Whole seconds, at least one: whoever waits that long is in the next window. */
export const secondsUntil = (end: Date, at: Date): number =>
  Math.max(1, Math.ceil((end.getTime() - at.getTime()) / 1_000))

export const minuteEnd = (at: Date): Date => new Date((Math.floor(at.getTime() / 60_000) + 1) * 60_000)
