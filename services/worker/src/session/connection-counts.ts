// What became of the connections of an engine and of what it left out since it started, for its heartbeat.
import type { QuarantineReason } from '@wagate/messages/events.ts'
import type { ProxyFailure } from '@wagate/messages/proxy.ts'
import { knownCodes } from './disconnect.ts'

export type ConnectionObserver = {
  closed: (code: number) => void
  deaf: () => void
  proxyFailed: (reason: ProxyFailure) => void
  quarantined: (reason: QuarantineReason) => void
  /** A command was left out because engines died over it. */
  poisoned: () => void
}

export function createConnectionCounts() {
  const closed: Record<string, number> = {}
  const quarantines: Record<string, number> = {}
  const proxyFailures: Record<string, number> = {}
  let deaf = 0
  let poisoned = 0
  const add = (counts: Record<string, number>, label: string): void => {
    counts[label] = (counts[label] ?? 0) + 1
  }
  const observer: ConnectionObserver = {
    closed: (code) => add(closed, knownCodes.includes(code) ? String(code) : 'other'),
    deaf: () => {
      deaf += 1
    },
    proxyFailed: (reason) => add(proxyFailures, reason),
    quarantined: (reason) => add(quarantines, reason),
    poisoned: () => {
      poisoned += 1
    },
  }
  return {
    observer,
    snapshot: () => ({
      ...{ closed: { ...closed }, quarantines: { ...quarantines }, proxyFailures: { ...proxyFailures } },
      ...{ deaf, poisoned },
    }),
  }
}
