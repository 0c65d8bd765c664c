// What the launcher remembers between `make up` and `make down`: `stack.json`.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isRunning, type ProcessId } from '../servers/process-id.ts'
import type { ComponentName } from './components.ts'
import { writePrivately } from './secrets.ts'

export type Entry = ProcessId & {
  port: number
  url: string
  log: string
  /** Fingerprint of the environment it was started with: another one means it must start again. */
  environment: string
}

export type StackState = {
  partitions: number
  /** What was chosen last, also for what did not run: others know it by then. */
  ports?: Partial<Record<string, number>>
  processes: Partial<Record<ComponentName, Entry>>
}

const file = (dir: string) => join(dir, 'stack.json')

export function readState(dir: string): StackState {
  if (!existsSync(file(dir))) return { partitions: 0, processes: {} }
  return JSON.parse(readFileSync(file(dir), 'utf8'))
}

export function writeState(dir: string, state: StackState): void {
  writePrivately(file(dir), `${JSON.stringify(state, undefined, 2)}\n`)
}

/** The entry of a component whose process still runs. */
export function runningEntry(state: StackState, name: ComponentName): Entry | undefined {
  const entry = state.processes[name]
  return entry && isRunning(entry) ? entry : undefined
}
