// The parts of a supervisor and how they know each other; `main.ts` gives them the broker and the processes.
import { randomBytes } from 'node:crypto'
import { makeId } from '@wagate/messages/ids.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { SupervisorConfig } from '../config.ts'
import type { Clock } from './clock.ts'
import { createEngines, type EngineProcess, type Engines } from './engines.ts'
import { createFailovers } from './failovers.ts'
import { type Fleet, joinFleet } from './fleet.ts'
import { type Handovers, watchHandovers } from './handovers.ts'
import { createHosting, openHosted } from './hosted.ts'
import { createLeases } from './leases.ts'
import { createLoginPacer } from './logins.ts'
import { handoverMetrics, workerGauges } from './metrics.ts'
import { followOrders, followPools } from './orders.ts'
import { createSharing } from './sharing.ts'
import { startSupervisor, timesOf } from './supervisor.ts'

export type AssembleDeps = {
  config: Pick<
    SupervisorConfig,
    'workerId' | 'hostname' | 'partitions' | 'leaseTtlMs' | 'engines' | 'capacity' | 'pools' | 'loginPace'
  >
  version: string
  broker: Pick<Broker, 'kv'>
  logger: Logger
  metrics: Metrics
  fork: (engineId: string) => EngineProcess
  clock: Clock
}

/** `kill` ends the engines at once, whatever else has been begun. */
export async function assembleSupervisor({ config, version, broker, logger, metrics, fork, clock }: AssembleDeps) {
  const { workerId, hostname: host, partitions, leaseTtlMs } = config
  const times = timesOf(leaseTtlMs)
  const { now, monotonicMs, after } = clock
  const nowMs = (): number => now().getTime()
  const warn = (event: string, fields: Record<string, unknown>): void => logger.warn({ event, ...fields })
  const inform = (event: string, fields: Record<string, unknown>): void => logger.info({ event, ...fields })
  const observe = handoverMetrics(metrics)

  const failoverBucket = await broker.kv('failovers')
  const failovers = createFailovers({
    self: workerId,
    host,
    now,
    monotonicMs,
    newId: () => makeId('failover', nowMs(), randomBytes(10)),
    store: async (record) => {
      await failoverBucket.put(record.failoverId, Buffer.from(JSON.stringify(record)))
    },
    observe,
    log: inform,
  })
  const leases = createLeases({
    kv: await broker.kv('leases'),
    owner: workerId,
    host,
    now,
    monotonicMs,
    ttlMs: leaseTtlMs,
    onLost: (partition) => {
      warn('lease.lost', { partition })
      parts.engines.revoke(partition)
    },
  })
  const hosting = createHosting({ monotonicMs })
  const hosted = await openHosted({ bucket: await broker.kv('hosted'), workerId, held: leases.held, now })
  const place: { run: () => void } = { run: () => {} }
  const pools = await followPools(await broker.kv('pools'), config.pools)
  const logins = createLoginPacer({
    pace: config.loginPace,
    monotonicMs,
    after,
    grant: (engineId, egress) => parts.engines.grantLogin(engineId, egress),
  })
  const parts: { engines: Engines; fleet?: Fleet; handovers?: Handovers } = {
    engines: createEngines(
      {
        fork,
        monotonicMs,
        after,
        onLogin: logins.ask,
        onGone: logins.forget,
        renewedAtMs: leases.renewedAtMs,
        hungAfterMs: times.hungAfterMs,
        hostedUntilMs: hosting.untilMs,
        onCapacity: () => place.run(),
        onRevoked: (partition, closedAt) => sharing.revoked(partition, closedAt),
        onArrived: ({ partition, sessions, connectedAtMs }) => {
          hosting.arrived(partition)
          failovers.arrived(partition, sessions, connectedAtMs)
          void parts.handovers?.done(partition)
        },
        onDied: ({ id, partitions: lost, why, silentMs }) => {
          for (const partition of lost) {
            hosting.lost(partition, nowMs() - silentMs)
            if (sharing.isLetting(partition)) sharing.revoked(partition, undefined)
            else failovers.begin(why, `${workerId}-${id}`, partition, nowMs() - silentMs)
          }
        },
        log: warn,
      },
      config.engines,
    ),
  }
  const engines = parts.engines
  const present = <Part>(part: Part | undefined): Part => {
    if (part === undefined) throw new Error('the supervisor is not assembled yet')
    return part
  }
  const sharing = createSharing({
    workerId,
    partitions,
    pools: pools.pools,
    leases,
    engines: () => engines,
    fleet: () => present(parts.fleet),
    handovers: () => present(parts.handovers),
    log: inform,
  })
  parts.fleet = await joinFleet({
    bucket: await broker.kv('workers'),
    self: { workerId, host, version, capacity: config.capacity, pools: config.pools },
    engines: () => engines.ready(),
    partitions: () => leases.held().length,
    standing: sharing.standing,
    ttlMs: times.workerTtlMs,
    now,
    monotonicMs,
  })
  parts.handovers = await watchHandovers({
    bucket: await broker.kv('handovers'),
    workerId,
    monotonicMs,
    mayGive: sharing.mayGive,
    isThere: (other) =>
      present(parts.fleet)
        .peers()
        .some((peer) => peer.workerId === other),
    prepare: (partition) => engines.prepare(partition),
    sessionsOf: (partition) => engines.sessionsOf(partition),
    letGo: sharing.letGo,
    claim: sharing.claim,
    onReleased: (partition, closedAt) => failovers.since(partition, Date.parse(closedAt)),
    log: warn,
  })
  const supervisor = await startSupervisor({
    workerId,
    partitions,
    pools: pools.pools,
    leases,
    engines,
    fleet: parts.fleet,
    failovers,
    hosting,
    hosted,
    sharing,
    times,
    nowMs,
    ...clock,
  })
  place.run = supervisor.place
  const orders = await followOrders(await broker.kv('worker_orders'), workerId, sharing.order)
  return {
    engines,
    refreshGauges: workerGauges(metrics, () => engines, leases, parts.fleet, logins),
    async drain(): Promise<void> {
      await orders.stop()
      await supervisor.drain()
      await pools.stop()
    },
  }
}
