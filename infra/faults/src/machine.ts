// How busy the machine was while sessions were away: what a takeover's time is made of, when it is not waiting.
import { cpuBetween, readCpu } from '@wagate/bench/measure/cpu.ts'
import type { Away } from './measure.ts'

/** Of one core each, on average. */
export type Busy = { machine: number; workers: number }
export type Reading = { atMs: number; cpu: ReturnType<typeof readCpu> }

const everyMs = 500

/** Reads what has been used until it is disposed of. `supervisors` are asked for each time, as hosts come and go. */
export function watchMachine(supervisors: () => number[]) {
  const readings: Reading[] = []
  const read = (): void => void readings.push({ atMs: Date.now(), cpu: readCpu({ workers: supervisors() }) })
  read()
  const timer = setInterval(read, everyMs)
  return {
    readings: readings as readonly Reading[],
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

/** The mean over the readings that lie in one of the spans of time; undefined when none does. */
export function busyWithin(readings: readonly Reading[], spans: readonly Away[]): Busy | undefined {
  let elapsedMs = 0
  const used = { machine: 0, workers: 0 }
  for (const [index, after] of readings.entries()) {
    const before = readings[index - 1]
    if (!before || !spans.some(({ fromMs, toMs }) => before.atMs < toMs && after.atMs > fromMs)) continue
    const { byPart, elapsedMs: ms } = cpuBetween(before.cpu, after.cpu)
    elapsedMs += ms
    used.workers += byPart.workers ?? 0
    used.machine += after.cpu.machineMs - before.cpu.machineMs
  }
  if (elapsedMs === 0) return undefined
  return { machine: used.machine / elapsedMs, workers: used.workers / elapsedMs }
}
