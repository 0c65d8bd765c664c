// Virtual time: events in a heap, run one by one. Between two of them every promise that can go on has gone on, so the order
// of everything is decided here and by the seed, never by the machine.
export type Timer = { cancel: () => void }

type Event = { atMs: number; order: number; run: () => void; drains: boolean; cancelled: boolean }

export type Time = {
  /** Milliseconds since the run began, as the world outside all machines has them. */
  nowMs: () => number
  /** What runs code under test: its promises go on before the next event. */
  after: (ms: number, run: () => void) => Timer
  /** What only changes the model. */
  afterQuietly: (ms: number, run: () => void) => Timer
  /** Runs every event up to that time; ends early when `until` holds. Checked after each event. */
  runUntil: (ms: number, until?: () => boolean) => Promise<void>
  /** How many events ran. */
  steps: () => number
}

const before = (one: Event, other: Event): boolean =>
  one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order)

/** Promises go on in microtasks, and all of these run before the next immediate. */
const promisesGoOn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

export function createTime(): Time {
  const heap: Event[] = []
  let nowMs = 0
  let order = 0
  let steps = 0

  function push(event: Event): void {
    let index = heap.push(event) - 1
    while (index > 0) {
      const parent = (index - 1) >> 1
      const above = heap[parent]
      if (!above || before(above, event)) break
      heap[index] = above
      index = parent
    }
    heap[index] = event
  }

  function pop(): Event | undefined {
    const first = heap[0]
    const moved = heap.pop()
    if (!first || !moved || first === moved) return first
    let index = 0
    for (;;) {
      let child = 2 * index + 1
      const left = heap[child]
      const right = heap[child + 1]
      if (left && right && before(right, left)) child += 1
      const least = heap[child]
      if (!least || before(moved, least)) break
      heap[index] = least
      index = child
    }
    heap[index] = moved
    return first
  }

  const schedule = (ms: number, run: () => void, drains: boolean): Timer => {
    order += 1
    const event: Event = { atMs: nowMs + Math.max(0, ms), order, run, drains, cancelled: false }
    push(event)
    return {
      cancel: () => {
        event.cancelled = true
      },
    }
  }

  return {
    nowMs: () => nowMs,
    after: (ms, run) => schedule(ms, run, true),
    afterQuietly: (ms, run) => schedule(ms, run, false),
    steps: () => steps,
    async runUntil(ms, until = () => false) {
      await promisesGoOn()
      for (let next = heap[0]; next && next.atMs <= ms && !until(); next = heap[0]) {
        pop()
        if (next.cancelled) continue
        nowMs = next.atMs
        steps += 1
        next.run()
        if (next.drains) await promisesGoOn()
      }
      if (!until()) nowMs = Math.max(nowMs, ms)
    },
  }
}
