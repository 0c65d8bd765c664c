// How busy the machine was while sessions came back, and with what: what a takeover's time is made of, when it is not waiting.
import { type CpuReading, cpuBetween, type Parts, readCpu } from '@wagate/bench/measure/cpu.ts'
import type { Away } from './measure.ts'

/** In cores, on average. What no part accounts for is the suite's own work, and that of the other lane. */
export type Busy = { machine: number; byPart: Record<string, number>; elapsedMs: number }
export type Reading = { atMs: number; cpu: CpuReading }

const everyMs = 500

/** Reads what has been used until it is disposed of. `parts` are asked for each time, as processes come and go. */
export function watchMachine(parts: () => Parts) {
  const readings: Reading[] = []
  const read = (): void => void readings.push({ atMs: Date.now(), cpu: readCpu(parts()) })
  read()
  const timer = setInterval(read, everyMs)
  return {
    readings: readings as readonly Reading[],
    [Symbol.dispose]: () => clearInterval(timer),
  }
}

/** For each fault, the time from the first session that was back to the last: without the wait for leases before. */
export function comebacks(away: readonly Away[]): Away[] {
  return [...Map.groupBy(away, ({ fromMs }) => fromMs)].map(([, own]) => {
    const ends = own.map(({ toMs }) => toMs)
    return { fromMs: Math.min(...ends) - everyMs, toMs: Math.max(...ends) }
  })
}

/** The mean over the readings that lie in one of the spans of time; undefined when none does. */
export function busyWithin(readings: readonly Reading[], spans: readonly Away[]): Busy | undefined {
  let elapsedMs = 0
  let machineMs = 0
  const partMs = new Map<string, number>()
  for (const [index, after] of readings.entries()) {
    const before = readings[index - 1]
    if (!before || !spans.some(({ fromMs, toMs }) => before.atMs < toMs && after.atMs > fromMs)) continue
    const used = cpuBetween(before.cpu, after.cpu)
    elapsedMs += used.elapsedMs
    machineMs += after.cpu.machineMs - before.cpu.machineMs
    for (const [part, ms] of Object.entries(used.byPart)) partMs.set(part, (partMs.get(part) ?? 0) + ms)
  }
  if (elapsedMs === 0) return undefined
  const byPart = Object.fromEntries([...partMs].map(([part, ms]) => [part, ms / elapsedMs]))
  return { machine: machineMs / elapsedMs, byPart, elapsedMs }
}
