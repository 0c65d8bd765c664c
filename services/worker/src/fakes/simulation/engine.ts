// An engine as its supervisor sees it: it takes a while for everything, obeys the deadline of its leases, and may hang or die.
import { type LeaseLimits, leaseStanding } from '../../engine/lease-clock.ts'
import type { Order, Report } from '../../ipc.ts'
import type { EngineProcess } from '../../supervisor/engines.ts'
import type { Machine } from './machine.ts'
import type { Random } from './random.ts'

export type SimulatedEngine = EngineProcess & {
  id: string
  alive: () => boolean
  /** Partitions that it may act for now. */
  hosts: () => string[]
  die: () => void
  /** It answers nothing until it is killed. */
  hang: () => void
}

type Tell = (...values: never[]) => void

export const sessionsPerPartition = 10
const noLog = {
  ...{ snapshotsTaken: 0, snapshotsFailed: 0, snapshotsUnusable: 0, uncoveredRecords: 0, uncoveredMs: 0 },
  ...{ takeovers: 0, replayedRecords: 0, replayMs: 0, longestReplayMs: 0 },
}
const noConnections = {
  closed: {},
  deaf: 0,
  poisoned: 0,
  quarantines: {},
  quarantined: 0,
  proxyFailures: {},
  proxyFailing: 0,
  heldBack: false,
  version: '2.3000.0',
}

export function createEngine(id: string, machine: Machine, random: Random, limits: LeaseLimits): SimulatedEngine {
  /** When the lease of each was renewed last, as far as this engine was told. */
  const renewedAtMs = new Map<string, number>()
  const listeners = new Map<string, Tell[]>()
  let alive = true
  let hangs = false

  const tell = (event: string, ...values: unknown[]): void => {
    for (const listener of listeners.get(event) ?? []) (listener as (...all: unknown[]) => void)(...values)
  }
  /** Over the IPC channel, in order. */
  const report = (message: Report): void => {
    if (alive && !hangs) machine.after(1, () => tell('message', message))
  }
  const later = (mostMs: number, run: () => void): void =>
    void machine.after(random.between(1, mostMs), () => {
      if (alive && !hangs) run()
    })

  function exit(signal: string): void {
    if (!alive) return
    alive = false
    renewedAtMs.clear()
    machine.after(random.between(1, 20), () => tell('exit', null, signal))
  }

  function obey(order: Order): void {
    if (order.type === 'assign') {
      for (const name of order.partitions) renewedAtMs.set(name, order.renewedAtMs)
      for (const name of order.partitions) later(3_000, () => arrive(name))
    } else if (order.type === 'renewed') {
      for (const [name, atMs] of Object.entries(order.partitions))
        if (renewedAtMs.has(name)) renewedAtMs.set(name, atMs)
    } else if (order.type === 'revoke') {
      const closedAt = machine.now().toISOString()
      later(500, () => {
        for (const name of order.partitions) renewedAtMs.delete(name)
        report({ type: 'revoked', partitions: order.partitions, closedAt })
      })
    } else if (order.type === 'prepare') later(2_000, () => report({ type: 'prepared', partitions: order.partitions }))
    else if (order.type === 'drain') {
      later(500, () => {
        report({ type: 'drained' })
        exit('SIGTERM')
      })
    }
  }

  function arrive(partition: string): void {
    if (!renewedAtMs.has(partition)) return
    report({ type: 'arrived', partition, sessions: sessionsPerPartition, connectedAtMs: [machine.now().getTime()] })
  }

  function beat(): void {
    const names = [...renewedAtMs.keys()]
    const sessions = names.length * sessionsPerPartition
    const cost = { queued: 0, eventLoopDelayMs: 5, rssBytes: 0, heapBytes: 0, externalBytes: 0, cpuMs: 0 }
    report({
      ...{ type: 'heartbeat', partitions: names.length, sessions, connected: sessions },
      sessionsOf: Object.fromEntries(names.map((name) => [name, sessionsPerPartition])),
      ...{ ...cost, appends: 0, appendedBytes: 0, commandsRejected: 0, recordsRefused: 0 },
      ...{ connections: noConnections, log: noLog },
    })
    later(1_000, beat)
  }

  later(2_000, () => {
    report({ type: 'ready' })
    beat()
  })
  return {
    id,
    get connected() {
      return alive
    },
    send: (order) => machine.after(1, () => alive && !hangs && obey(order)),
    kill: (signal) => exit(signal),
    on: (event: string, listener: Tell) => listeners.set(event, [...(listeners.get(event) ?? []), listener]),
    alive: () => alive && machine.alive,
    hosts: () =>
      [...renewedAtMs].flatMap(([name, atMs]) =>
        alive && machine.alive && leaseStanding(atMs, machine.monotonicMs(), limits) !== 'close' ? [name] : [],
      ),
    die: () => exit('SIGSEGV'),
    hang: () => {
      hangs = true
    },
  }
}
