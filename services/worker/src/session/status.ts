// What the rest of Wagate sees of a session between events: its status, whose account it is, whether it takes more, and how
// it fares. Written when the status changes and when somebody asks, never for every frame.
import type { Lane } from '@wagate/messages/commands.ts'
import type { SessionState } from '@wagate/messages/control.ts'
import type { CloseReason } from '@wagate/messages/events.ts'
import type { Memory } from '../log/memory.ts'
import type { Connection } from './connection.ts'
import { healthOf } from './health.ts'

export type StatusDeps = {
  memory: Memory
  now: () => Date
  facts: Connection['facts']
  /** Which lanes of the outbox take no more. */
  fullLanes: () => readonly Lane[]
  proxyFailure: () => SessionState['proxyFailure']
  /** The engine that hosts the session. */
  owner: string
  version: string
  publish: (state: SessionState) => void
}

const isConnecting: ReadonlySet<SessionState['status']> = new Set(['starting', 'connecting'])

export function createStatus(deps: StatusDeps) {
  let status: SessionState['status'] = 'starting'
  let since = deps.now().toISOString()
  let reason: CloseReason | undefined

  function publish(): void {
    const { account, epoch, standing } = deps.memory
    const fullLanes = deps.fullLanes()
    const proxyFailure = isConnecting.has(status) ? deps.proxyFailure() : undefined
    const rest = status === 'quarantined' ? standing.quarantine : undefined
    deps.publish({
      v: 1,
      status,
      ...(reason ? { reason } : {}),
      ...(rest ? { quarantine: { reason: rest.reason, until: new Date(rest.untilMs).toISOString() } } : {}),
      ...(proxyFailure ? { proxyFailure } : {}),
      ...(account.phone || account.lid ? { account } : {}),
      queueFull: fullLanes.includes('high'),
      fullLanes: [...fullLanes],
      epoch,
      since,
      health: healthOf(deps),
    })
  }

  return {
    current: (): SessionState['status'] => status,
    set(next: SessionState['status'], why?: CloseReason): void {
      if (next !== status) since = deps.now().toISOString()
      status = next
      reason = next === 'closed' ? why : undefined
      publish()
    },
    /** Something else than the status changed, or somebody wants to know how it fares now. */
    publish,
  }
}
