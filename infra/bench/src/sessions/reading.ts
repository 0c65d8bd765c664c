// What a worker says of itself, and when it has reached what is waited for.
import { waitFor } from '@wagate/testing/wait-for.ts'

export type WorkerReading = {
  partitions: number
  sessions: number
  connected: number
  eventLoopDelayMs: number
  rssBytes: number
  heapBytes: number
  externalBytes: number
}

export async function readWorker(url: string): Promise<WorkerReading> {
  const text = await (await fetch(`${url}/metrics`)).text()
  const sum = (name: string): number => valuesOf(text, name).reduce((total, value) => total + value, 0)
  return {
    partitions: sum('worker_partitions'),
    sessions: sum('worker_sessions'),
    connected: sum('worker_sessions_connected'),
    eventLoopDelayMs: Math.max(0, ...valuesOf(text, 'worker_event_loop_delay_ms')),
    rssBytes: sum('worker_engine_rss_bytes'),
    heapBytes: sum('worker_engine_heap_bytes'),
    externalBytes: sum('worker_engine_external_bytes'),
  }
}

export const valuesOf = (text: string, name: string): number[] =>
  [...text.matchAll(new RegExp(`^wagate_${name}(?:\\{[^}]*\\})? (\\S+)`, 'gm'))].map(([, value]) => Number(value))

/** Looks often: the engines' own figures are a second old at most. */
export async function reached(
  url: string,
  what: string,
  isReached: (reading: WorkerReading) => boolean,
  deadlineMs = 600_000,
): Promise<number> {
  await waitFor(async () => isReached(await readWorker(url).catch(() => nothing)), { what, deadlineMs, everyMs: 100 })
  return performance.now()
}

const nothing: WorkerReading = {
  partitions: 0,
  sessions: 0,
  connected: 0,
  eventLoopDelayMs: 0,
  rssBytes: 0,
  heapBytes: 0,
  externalBytes: 0,
}

/** The event-loop delay of the engines, read once a second until it is stopped. */
export function watchEventLoop(url: string): { stop: () => number[] } {
  const samples: number[] = []
  const timer = setInterval(async () => {
    const reading = await readWorker(url).catch(() => undefined)
    if (reading) samples.push(reading.eventLoopDelayMs)
  }, 1_000)
  return {
    stop() {
      clearInterval(timer)
      return samples
    },
  }
}
