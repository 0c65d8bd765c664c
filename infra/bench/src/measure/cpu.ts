// What each part of the stack burned between two moments.
import { machineBusyMs, processTable, treeOf } from './processes.ts'

/** Root processes by part. A part may lie below another: engines are children of their supervisor. */
export type Parts = Record<string, number[]>

export type CpuReading = { atMs: number; machineMs: number; byPart: Record<string, number> }

/** CPU time so far by part, in ms. What belongs to a part below another one counts there only. */
export function readCpu(parts: Parts): CpuReading {
  const table = processTable()
  const roots = new Set(Object.values(parts).flat())
  const own = (root: number): number[] => treeOf(root, table, (pid) => pid !== root && roots.has(pid))
  const sum = (pids: number[]): number => pids.reduce((total, pid) => total + (table.get(pid)?.cpuMs ?? 0), 0)
  const byPart = Object.fromEntries(Object.entries(parts).map(([name, pids]) => [name, sum(pids.flatMap(own))]))
  return { atMs: performance.now(), machineMs: machineBusyMs(), byPart }
}

export type CpuUse = {
  elapsedMs: number
  /** ms of CPU by part. */
  byPart: Record<string, number>
  /** CPU that programs outside of the bench took, as a share of one core. */
  foreignCores: number
}

export function cpuBetween(before: CpuReading, after: CpuReading): CpuUse {
  const elapsedMs = after.atMs - before.atMs
  const byPart = Object.fromEntries(
    Object.entries(after.byPart).map(([name, ms]) => [name, Math.max(0, ms - (before.byPart[name] ?? 0))]),
  )
  const ours = Object.values(byPart).reduce((sum, ms) => sum + ms, 0)
  return { elapsedMs, byPart, foreignCores: Math.max(0, after.machineMs - before.machineMs - ours) / elapsedMs }
}
