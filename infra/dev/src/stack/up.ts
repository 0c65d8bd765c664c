// Brings the stack up, or what is missing of it. A component that runs with the right environment is left alone.
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { at } from '../paths.ts'
import { processId, stopProcess } from '../servers/process-id.ts'
import {
  type Component,
  type ComponentName,
  environmentOf,
  type Preparation,
  urlOf,
  type Wiring,
} from './components.ts'
import { isPreparation, preparedOn, withNeeds } from './graph.ts'
import { choosePorts, type WantedPorts } from './ports.ts'
import type { Report } from './report.ts'
import { loadSecrets } from './secrets.ts'
import { logFile, prepare, serves, start } from './start.ts'
import { readState, runningEntry, type StackState, writeState } from './state.ts'

export type UpOptions = {
  dir: string
  ports: WantedPorts
  partitions: number
  passedOn: Record<string, string>
  only: ComponentName[] | undefined
  detached: boolean
  report: Report
}

export type UpResult = { wiring: Wiring; failed: string[]; started: number }

/** Starts what does not run, as far as possible in parallel. Never throws for a component that fails: see `failed`. */
export async function up(options: UpOptions): Promise<UpResult> {
  const { dir, report, detached } = options
  mkdirSync(dir, { recursive: true })
  const state = readState(dir)
  const wiring: Wiring = {
    port: await choosePorts(options.ports, state),
    secrets: loadSecrets(dir),
    partitions: options.partitions,
    passedOn: options.passedOn,
  }
  state.partitions = options.partitions
  state.ports = wiring.port
  const wanted = withNeeds(options.only)
  const missing = wanted.filter((component) => !isCurrent(component, state, wiring))
  const failed: string[] = []

  const steps = new Map<ComponentName | Preparation, Promise<void>>()
  for (const component of wanted)
    steps.set(
      component.name,
      step(component.name, component.after, () => bring(component)),
    )

  await Promise.all(steps.values())
  return { wiring, failed, started: missing.length }

  /** Runs when everything it needs has succeeded; its failure is reported here and keeps its users from starting. */
  function step(name: string, needs: Component['after'], work: () => Promise<void>): Promise<void> {
    const run = async () => {
      await Promise.all(needs.map((need) => steps.get(need) ?? preparation(need)))
      const lacking = needs.filter((need) => failed.includes(need))
      if (lacking.length > 0) {
        failed.push(name)
        report.line(name, 'not started', { text: `needs ${lacking.join(', ')}` })
        return
      }
      await work().catch((error: unknown) => {
        failed.push(name)
        report.line(name, 'failed', { text: error instanceof Error ? error.message : String(error) })
      })
    }
    return run()
  }

  /** Tables or streams, once, and only if a service that needs them is about to start. */
  function preparation(name: ComponentName | Preparation): Promise<void> {
    if (!isPreparation(name) || !missing.some(({ after }) => after.includes(name))) return Promise.resolve()
    const prepared = step(name, preparedOn[name], async () => {
      const startedAt = performance.now()
      await prepare(name, { dir, wiring })
      report.line(name, 'done', { ms: performance.now() - startedAt })
    })
    steps.set(name, prepared)
    return prepared
  }

  async function bring(component: Component): Promise<void> {
    const { name } = component
    const url = urlOf(name, wiring.port[name])
    const startedAt = performance.now()
    const found = missing.includes(component) ? 'missing' : await servesSoon(component, state, wiring)
    if (found === 'runs') throw new Error(`runs but does not serve; see make logs s=${name}`)
    if (found === 'serves') {
      report.line(name, 'running', { text: url })
      return
    }
    const outdated = runningEntry(state, name)
    if (outdated) await stopProcess(outdated, name === 'postgres' ? 'SIGINT' : 'SIGTERM', 30_000)
    const onSpawned = (pid: number) => {
      const id = processId(pid)
      if (!id) return
      const environment = fingerprint(component, wiring)
      state.processes[name] = { ...id, port: wiring.port[name], url, log: logFile(dir, name), environment }
      writeState(dir, state)
    }
    await start(component, { dir, wiring, detached, onSpawned })
    report.line(name, 'ready', { ms: performance.now() - startedAt, text: url })
  }
}

/** A service whose server was just started again needs a moment to find it; a process that was just killed, to be gone. */
async function servesSoon(
  component: Component,
  state: StackState,
  wiring: Wiring,
): Promise<'serves' | 'runs' | 'missing'> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await pause(100)) {
    if (await serves(component, wiring)) return 'serves'
    if (!runningEntry(state, component.name)) return 'missing'
  }
  return 'runs'
}

function isCurrent(component: Component, state: StackState, wiring: Wiring): boolean {
  const entry = runningEntry(state, component.name)
  return entry?.environment === fingerprint(component, wiring)
}

/** Changes when a component would be started differently. A hash, since the environment holds secrets. */
function fingerprint(component: Component, wiring: Wiring): string {
  const { name } = component
  const start = [
    wiring.port[name],
    component.kind === 'service' ? environmentOf(component.name, wiring) : undefined,
    name === 'nats' ? [wiring.port.monitor, readFileSync(at('nats.conf'), 'utf8')] : undefined,
    ...(name === 'mail' ? [wiring.port.smtp] : []),
  ]
  return createHash('sha256').update(JSON.stringify(start)).digest('hex').slice(0, 16)
}
