// Many events in a moment are one reading of the page. Views are written a moment after the event is told, so each is followed by a
// second reading: what is shown in the end is never older than the last event.

export type Timers = { set: (run: () => void, ms: number) => unknown; clear: (timer: unknown) => void }

const timers: Timers = { set: (run, ms) => setTimeout(run, ms), clear: (timer) => clearTimeout(timer as number) }

export type Coalesced = { note: (names: Iterable<string>) => void; stop: () => void }

/** `read` gets every name noted since the last time; one reading at a time, `soonMs` after a note and `laterMs` after the last one. */
export function coalesce(
  read: (names: readonly string[]) => Promise<void>,
  { soonMs = 100, laterMs = 1_200, clock = timers } = {},
): Coalesced {
  const soon = new Set<string>()
  const later = new Set<string>()
  let soonTimer: unknown
  let laterTimer: unknown
  let reading = false
  let stopped = false

  const run = async (names: Set<string>) => {
    if (stopped || names.size === 0) return
    if (reading) {
      for (const name of names) soon.add(name)
      return
    }
    reading = true
    const taken = [...names]
    names.clear()
    await read(taken).catch(() => {})
    reading = false
    if (soon.size > 0) schedule()
  }
  const schedule = () => {
    soonTimer ??= clock.set(() => {
      soonTimer = undefined
      void run(soon)
    }, soonMs)
  }

  return {
    note: (names) => {
      for (const name of names) {
        soon.add(name)
        later.add(name)
      }
      if (soon.size === 0) return
      schedule()
      if (laterTimer !== undefined) clock.clear(laterTimer)
      laterTimer = clock.set(() => {
        laterTimer = undefined
        void run(later)
      }, laterMs)
    },
    stop: () => {
      stopped = true
      clock.clear(soonTimer)
      clock.clear(laterTimer)
    },
  }
}
