// The processes under a worker, found from outside.
import { spawnSync } from 'node:child_process'

/** Process ids of the engines that a worker runs now, oldest first. */
export function enginePids(workerPid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid=,stat=,args='], { encoding: 'utf8' })
  return stdout
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter(([, parent, state, ...args]) => Number(parent) === workerPid && !state?.startsWith('Z') && args.length > 0)
    .filter((columns) => columns.some((column) => column.endsWith('engine/main.ts')))
    .map(([pid]) => Number(pid))
    .sort((one, other) => one - other)
}

export type EngineDeath = { engineId: string; atMs: number; signal: string | null }

/** Deaths of engines as the worker's log tells them, in order. */
export function engineDeaths(log: string): EngineDeath[] {
  return log.split('\n').flatMap((line) => {
    if (!line.includes('"engine.died"')) return []
    const { engineId, time, signal } = JSON.parse(line)
    return [{ engineId: String(engineId), atMs: typeof time === 'number' ? time : Date.parse(time), signal }]
  })
}
