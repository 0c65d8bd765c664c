import { stopProcess } from '../servers/process-id.ts'
import { type Component, components } from './components.ts'
import { usersOf } from './graph.ts'
import type { Report } from './report.ts'
import { readState, writeState } from './state.ts'

/** How long a component may take to finish what it holds before it is killed. */
const deadlineMs = 30_000

/** Stops what runs, users before what they use. Data, ports and secrets stay for the next start. */
export async function down(options: { dir: string; only: Component[] | undefined; report: Report }): Promise<void> {
  const { dir, report } = options
  const state = readState(dir)
  const chosen = options.only ?? [...components]
  const stopped = new Map<string, Promise<void>>()

  const stop = (component: Component): Promise<void> => {
    const known = stopped.get(component.name)
    if (known) return known
    const work = async () => {
      await Promise.all(usersOf(component.name, chosen).map(stop))
      const entry = state.processes[component.name]
      if (!entry) return
      const startedAt = performance.now()
      // SIGINT is PostgreSQL's "fast" shutdown: it ends open connections instead of waiting for them.
      const outcome = await stopProcess(entry, component.name === 'postgres' ? 'SIGINT' : 'SIGTERM', deadlineMs)
      if (outcome === 'was not running') return
      report.line(component.name, outcome, { ms: performance.now() - startedAt })
    }
    const promise = work()
    stopped.set(component.name, promise)
    return promise
  }

  await Promise.all(chosen.map(stop))
  writeState(dir, state)
}
