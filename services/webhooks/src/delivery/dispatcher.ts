// A queue per endpoint with its own few attempts at a time: an endpoint that hangs delays its own deliveries and no others.
import { claimMs, type Delivery } from './delivery.ts'

export type DispatcherDeps = {
  /** Makes one attempt; resolves when it ended, never rejects. */
  attempt(delivery: Delivery): Promise<void>
  /** A queue that left deliveries in the database has room again. */
  onRoom(): void
  /** Ended attempts that are not recorded yet. */
  unrecorded(): number
  monotonicMs: () => number
}

export type DispatcherLimits = {
  /** Attempts at once, per endpoint and copy of the service. */
  concurrency: number
  /** Deliveries held in memory per endpoint; the rest waits in the database. */
  queueLength: number
  /** With more ended attempts than this to be recorded, nothing more is taken on. */
  unrecorded: number
  /** An attempt that might outlast its claim is not begun. */
  attemptMs: number
}

export const defaultLimits: DispatcherLimits = {
  concurrency: 10,
  queueLength: 500,
  unrecorded: 2_000,
  attemptMs: 16_000,
}

type Held = { delivery: Delivery; claimEndsMs: number }
type Queue = { waiting: Held[]; running: number; more: boolean }

export function createDispatcher(deps: DispatcherDeps, limits: DispatcherLimits = defaultLimits) {
  const queues = new Map<string, Queue>()
  const inFlight = new Set<Promise<void>>()
  let stopped = false

  const queueOf = (endpointKey: string): Queue => {
    const queue = queues.get(endpointKey) ?? { waiting: [], running: 0, more: false }
    queues.set(endpointKey, queue)
    return queue
  }

  const pump = (endpointKey: string, queue: Queue): void => {
    while (!stopped && queue.running < limits.concurrency) {
      const next = queue.waiting.shift()
      if (!next) break
      if (deps.monotonicMs() + limits.attemptMs > next.claimEndsMs) {
        queue.more = true // its claim ends by itself, and then anybody may take it
        continue
      }
      queue.running++
      const attempt: Promise<void> = deps.attempt(next.delivery).finally(() => {
        queue.running--
        inFlight.delete(attempt)
        pump(endpointKey, queue)
      })
      inFlight.add(attempt)
    }
    if (queue.more && queue.waiting.length < limits.queueLength / 4) deps.onRoom()
    if (queue.running === 0 && queue.waiting.length === 0 && !queue.more) queues.delete(endpointKey)
  }

  return {
    /** How many more deliveries of that endpoint it would hold. */
    room: (endpointKey: string): number =>
      stopped || deps.unrecorded() > limits.unrecorded
        ? 0
        : limits.queueLength - (queues.get(endpointKey)?.waiting.length ?? 0),
    /** Takes on deliveries that were claimed `claimedAtMs` (monotonic) or later. */
    add(endpointKey: string, deliveries: readonly Delivery[], claimedAtMs: number): void {
      const queue = queueOf(endpointKey)
      for (const delivery of deliveries) queue.waiting.push({ delivery, claimEndsMs: claimedAtMs + claimMs })
      pump(endpointKey, queue)
    },
    /** Whether deliveries of that endpoint wait in the database: then `onRoom` is called as soon as there is some. */
    expectMore(endpointKey: string, more: boolean): void {
      const queue = queues.get(endpointKey)
      if (queue) queue.more = more
      else if (more) deps.onRoom()
    },
    waiting: (): number => [...queues.values()].reduce((sum, queue) => sum + queue.waiting.length, 0),
    running: (): number => inFlight.size,
    /** Begins nothing new, waits for the attempts in flight, and returns what was not begun. */
    async stop(): Promise<Delivery[]> {
      stopped = true
      const rest = [...queues.values()].flatMap((queue) => queue.waiting.splice(0).map(({ delivery }) => delivery))
      await Promise.all(inFlight)
      return rest
    },
  }
}
export type Dispatcher = ReturnType<typeof createDispatcher>
