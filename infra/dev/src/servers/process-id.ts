import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'

/** A pid alone may by now belong to another program; with its start time it is this process or none. */
export type ProcessId = { pid: number; started: string }

/** Names a process that runs now; undefined if there is none (a zombie is none). */
export function processId(pid: number): ProcessId | undefined {
  const started = process.platform === 'linux' ? startedOnLinux(pid) : startedByPs(pid)
  return started === undefined ? undefined : { pid, started }
}

export const isRunning = (id: ProcessId): boolean => processId(id.pid)?.started === id.started

/** Asks the process to stop, waits up to `deadlineMs`, then kills it. Returns how it ended. */
export async function stopProcess(
  id: ProcessId,
  signal: NodeJS.Signals,
  deadlineMs: number,
): Promise<'stopped' | 'killed' | 'was not running'> {
  if (!isRunning(id)) return 'was not running'
  process.kill(id.pid, 'SIGCONT')
  process.kill(id.pid, signal)
  const deadline = performance.now() + deadlineMs
  while (isRunning(id)) {
    if (performance.now() > deadline) {
      process.kill(id.pid, 'SIGKILL')
      while (isRunning(id)) await pause(20)
      return 'killed'
    }
    await pause(20)
  }
  return 'stopped'
}

function startedOnLinux(pid: number): string | undefined {
  try {
    // proc(5): after the command in parentheses come the state (field 3) and, as field 22, the start time in ticks.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ')
    return isGone(pid, fields[0]) ? undefined : fields[19]
  } catch {
    return undefined
  }
}

/** A killed process whose first thread is a zombie holds its ports until the last of its threads has ended. */
const isGone = (pid: number, state: string | undefined): boolean =>
  state === 'X' || (state === 'Z' && readdirSync(`/proc/${pid}/task`).length <= 1)

function startedByPs(pid: number): string | undefined {
  const { stdout } = spawnSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
  const line = stdout.trim()
  return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '')
}
