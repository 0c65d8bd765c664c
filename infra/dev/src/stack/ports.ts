import { freePort } from '../servers/ports.ts'
import { type ComponentName, components } from './components.ts'
import { runningEntry, type StackState } from './state.ts'

/** Some have a second port: the broker's HTTP monitoring is `monitor`, the mail server takes mail at `smtp`. */
export type Ports = Record<ComponentName | 'monitor' | 'smtp', number>
export type WantedPorts = Partial<Ports> | 'any'

const secondPorts = [
  { name: 'monitor', of: 'nats', usual: 8222 },
  { name: 'smtp', of: 'mail', usual: 1025 },
] as const

/**
 * A port for every component: a running one keeps its own, unless another is asked for; then what is asked for, what it
 * had when the stack runs in part, the usual one; and any free one where that is taken by somebody else.
 */
export async function choosePorts(wanted: WantedPorts, state: StackState): Promise<Ports> {
  const taken = new Set<number>()
  // Someone may still use the ports of a stack that runs in part; a stopped one goes back to the usual ports, if it has any.
  const keepsLast = wanted === 'any' || components.some(({ name }) => runningEntry(state, name) !== undefined)
  const choose = async (
    asked: number | undefined,
    running: number | undefined,
    last: number | undefined,
    usual: number,
  ) => {
    const preferred = asked ?? (keepsLast ? last : undefined) ?? (wanted === 'any' ? undefined : usual)
    const keeps = running !== undefined && (asked === undefined || asked === running)
    let port = keeps ? running : await freePort(preferred === undefined || taken.has(preferred) ? undefined : preferred)
    while (taken.has(port)) port = await freePort()
    taken.add(port)
    return port
  }

  const ports: Ports = {
    nats: 0,
    monitor: 0,
    postgres: 0,
    s3: 0,
    mail: 0,
    smtp: 0,
    sandbox: 0,
    gateway: 0,
    ui: 0,
    worker: 0,
    projector: 0,
    webhooks: 0,
    scheduler: 0,
  }
  for (const { name, port: usual } of components) {
    const asked = wanted === 'any' ? undefined : wanted[name]
    ports[name] = await choose(
      asked,
      runningEntry(state, name)?.port,
      state.processes[name]?.port ?? state.ports?.[name],
      usual,
    )
  }
  for (const { name, of, usual } of secondPorts) {
    const asked = wanted === 'any' ? undefined : wanted[name]
    const last = state.ports?.[name]
    ports[name] = await choose(asked, runningEntry(state, of) ? last : undefined, last, usual)
  }
  return ports
}
