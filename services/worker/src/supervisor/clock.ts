// Time and chance as a supervisor sees them: the machine's own, or a simulation's.
import { pause } from '@wagate/runtime/pause.ts'

export type Loop = { stop: () => void }

export type Clock = {
  now: () => Date
  /** Monotonic, which all processes of a host share. */
  monotonicMs: () => number
  /** In [0, 1). */
  random: () => number
  after: (ms: number, run: () => void) => void
  /** Repeats a task: the next run is timed from the end of the last, so that a slow one never overlaps itself. */
  every: (ms: () => number, run: () => Promise<void> | void) => Loop
  pause: (ms: number) => Promise<void>
}

export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => Number(process.hrtime.bigint() / 1_000_000n),
  random: Math.random,
  after: (ms, run) => void setTimeout(run, ms),
  every,
  pause,
}

function every(ms: () => number, run: () => Promise<void> | void): Loop {
  let stopped = false
  let timer: NodeJS.Timeout
  const next = (): void => {
    timer = setTimeout(async () => {
      await Promise.resolve(run()).catch(() => {})
      if (!stopped) next()
    }, ms())
  }
  next()
  return {
    stop() {
      stopped = true
      clearTimeout(timer)
    },
  }
}
