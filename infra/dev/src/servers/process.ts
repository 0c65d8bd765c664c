// Starts a server program, waits until it answers, and stops it. Used by the stack and by tests alike.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

export type ProgramSpec = {
  name: string
  command: string
  args: string[]
  cwd?: string
  env?: Record<string, string>
  logFile: string
  /** The signal that asks this program to stop in order. */
  stopSignal?: NodeJS.Signals
  /** Detached programs outlive this process; the others are killed when it dies, however it dies. */
  detached?: boolean
  /** Told before the program is ready, so that an interrupted start can still be found and stopped. */
  onSpawned?: (pid: number) => void
  /** Resolves to true once the program serves. Polled. */
  isReady: () => Promise<boolean>
  /** Default 60 s: a first start on a busy machine compiles everything. */
  readyWithinMs?: number
}

export type RunningProgram = {
  pid: number
  exited: Promise<void>
  /** Sends a signal as it is: SIGKILL, SIGSTOP, SIGCONT. */
  kill(signal: NodeJS.Signals): void
  /** Asks, waits up to `deadlineMs`, then kills. */
  stop(deadlineMs?: number): Promise<void>
}

/** Only the variables that programs need to run at all: a server inherits nothing else by accident. */
export const baseEnv = (): Record<string, string> => {
  const names = ['PATH', 'HOME', 'LANG', 'LC_ALL', 'TMPDIR', 'TZ', 'CI', 'NODE_EXTRA_CA_CERTS', 'NODE_COMPILE_CACHE']
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])))
}

/** The last lines of a log file, or '' when there is none. */
export function logTail(file: string, lines = 15): string {
  try {
    return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-lines).join('\n')
  } catch {
    return ''
  }
}

/** Starts the program and resolves once it is ready. Rejects with the end of its log if it exits or takes too long. */
export async function startProgram(spec: ProgramSpec): Promise<RunningProgram> {
  mkdirSync(dirname(spec.logFile), { recursive: true })
  const log = openSync(spec.logFile, 'a')
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: { ...baseEnv(), ...spec.env },
    stdio: ['ignore', log, log],
    detached: spec.detached ?? false,
  })
  closeSync(log)
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve())
    child.once('error', () => resolve())
  })
  let spawnError: Error | undefined
  child.once('error', (error) => {
    spawnError = error
  })

  if (child.pid !== undefined) {
    spec.onSpawned?.(child.pid)
    if (!spec.detached) {
      const reaper = killWhenWeDie(child.pid, spec.stopSignal ?? 'SIGTERM')
      void exited.then(() => reaper.kill('SIGKILL'))
    }
  }

  const readyBy = performance.now() + (spec.readyWithinMs ?? 60_000)
  while (!(await spec.isReady().catch(() => false))) {
    const why = spawnError ? spawnError.message : hasExited(child) ? 'exited' : undefined
    const late = performance.now() > readyBy
    if (why || late) {
      child.kill('SIGKILL')
      throw new Error(
        `${spec.name} ${why ?? 'was not ready in time'}; the end of ${spec.logFile}:\n${logTail(spec.logFile)}`,
      )
    }
    await pause(20)
  }
  // Whatever answered was somebody else's, if ours is gone by now.
  if (hasExited(child)) throw new Error(`${spec.name} exited; the end of ${spec.logFile}:\n${logTail(spec.logFile)}`)
  if (child.pid === undefined) throw new Error(`${spec.name} did not start`)
  if (spec.detached) child.unref()

  const stop = async (deadlineMs = 10_000): Promise<void> => {
    if (!hasExited(child)) {
      child.kill('SIGCONT')
      child.kill(spec.stopSignal ?? 'SIGTERM')
      const deadline = new AbortController()
      await Promise.race([exited, pause(deadlineMs, undefined, { signal: deadline.signal }).catch(() => {})])
      deadline.abort()
      if (!hasExited(child)) child.kill('SIGKILL')
      await exited
    }
  }
  return { pid: child.pid, exited, kill: (signal) => void child.kill(signal), stop }
}

export type CommandSpec = Pick<ProgramSpec, 'name' | 'command' | 'args' | 'cwd' | 'env' | 'logFile'>

/** Runs a program to its end. Rejects with the end of its log unless it exits 0. */
export async function runProgram(spec: CommandSpec): Promise<void> {
  mkdirSync(dirname(spec.logFile), { recursive: true })
  const log = openSync(spec.logFile, 'w')
  const child = spawn(spec.command, spec.args, {
    cwd: spec.cwd,
    env: { ...baseEnv(), ...spec.env },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', resolve)
  })
  if (code !== 0) throw new Error(`${spec.name} failed; the end of ${spec.logFile}:\n${logTail(spec.logFile)}`)
}

const hasExited = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null

/** A shell that waits on a pipe from us: when we die, the pipe closes and it signals the server, so none is left behind. */
function killWhenWeDie(pid: number, signal: NodeJS.Signals): ChildProcess {
  const reaper = spawn('sh', ['-c', `read _; kill -s ${signal.slice(3)} ${pid}`], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true, // a Ctrl-C for our process group must not end the reaper first
  })
  reaper.unref()
  const pipe = reaper.stdin
  if (pipe && 'unref' in pipe && typeof pipe.unref === 'function') pipe.unref()
  return reaper
}
