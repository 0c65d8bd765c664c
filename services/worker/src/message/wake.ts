// Looks again at the earliest of the times that were asked for. Timers are few: one that is pending serves all who may wait longer.
export type WakeDeps = {
  nowMs: () => number
  after: (ms: number, run: () => void) => void
  run: () => void
}

/** A clock may be set while a timer runs, and Node's take 24 days at most; looking again costs nothing. */
const longestMs = 5 * 60_000

/** Returns what asks for `run` in that many ms, or earlier. */
export function createWake({ nowMs, after, run }: WakeDeps): (waitMs: number) => void {
  const pending = new Set<number>()
  return (waitMs) => {
    const now = nowMs()
    const ms = Math.max(0, Math.min(waitMs, longestMs))
    const dueMs = now + ms
    for (const otherMs of pending) if (otherMs >= now && otherMs <= dueMs) return // one that is overdue may be late by a clock that was set
    pending.add(dueMs)
    after(ms, () => {
      pending.delete(dueMs)
      run()
    })
  }
}
