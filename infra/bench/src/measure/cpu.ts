// What each part of the stack burned between two moments.
import { machineBusyMs, processTable, treeOf } from './processes.ts'

/** Parts of the stack by name; `engines` is below `worker` and told apart from it. */
export type Parts = Record<string, number>

export type CpuReading = { atMs: number; machineMs: number; byPart: Record<string, number> }

/** CPU time so far by part, in ms. A part that is below another one is not counted twice. */
export function readCpu(parts: Parts): CpuReading {
  const table = processTable()
  const trees = Object.entries(parts).map(([name, root]) => ({ name, root, pids: treeOf(root, table) }))
  const byPart: Record<string, number> = {}
  for (const { name, root, pids } of trees) {
    const inner = new Set(
      trees.filter((other) => other.root !== root && pids.includes(other.root)).flatMap((other) => other.pids),
    )
    byPart[name] = pids.filter((pid) => !inner.has(pid)).reduce((sum, pid) => sum + (table.get(pid)?.cpuMs ?? 0), 0)
  }
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
