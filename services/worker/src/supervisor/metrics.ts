// What an operator sees of a worker at /metrics; the engines' figures come with their heartbeats.
import type { FailoverReason } from '@wagate/messages/fleet.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { Engines } from './engines.ts'
import type { Fleet } from './fleet.ts'
import type { Leases } from './leases.ts'
import { logGauges } from './log-metrics.ts'
import type { LoginPacer } from './logins.ts'

/** Called before each scrape. */
export function workerGauges(
  metrics: Metrics,
  engines: () => Engines,
  leases: Leases,
  fleet: Fleet,
  logins: Pick<LoginPacer, 'waiting'>,
): () => void {
  const load = metrics.gauge('worker_load', '1 = as much as this worker should carry')
  const sessions = metrics.gauge('worker_sessions', 'Sessions hosted by an engine', ['engine'])
  const connected = metrics.gauge('worker_sessions_connected', 'Sessions with an open socket', ['engine'])
  const queued = metrics.gauge('worker_outbox_messages', 'Messages accepted and not yet handed to WhatsApp', ['engine'])
  const delay = metrics.gauge('worker_event_loop_delay_ms', 'p99 of the event-loop delay over the last second', [
    'engine',
  ])
  const memory = metrics.gauge('worker_engine_rss_bytes', 'Resident memory of an engine', ['engine'])
  const heap = metrics.gauge('worker_engine_heap_bytes', 'JavaScript heap in use by an engine', ['engine'])
  const external = metrics.gauge('worker_engine_external_bytes', 'Buffers of an engine outside of its heap', ['engine'])
  const cpu = metrics.gauge('worker_engine_cpu_ms', 'CPU time of an engine since its start', ['engine'])
  const appends = metrics.gauge('worker_log_appends', 'Batches stored in session logs since the engine started', [
    'engine',
  ])
  const bytes = metrics.gauge('worker_log_bytes', 'Bytes stored in session logs since the engine started', ['engine'])
  const rejected = metrics.gauge(
    'worker_commands_rejected',
    'Commands set aside in DEAD_LETTERS since the engine started',
    ['engine'],
  )
  const refused = metrics.gauge(
    'worker_records_refused',
    "Sessions' records that counted for nothing since the engine started: unreadable, or in another tenant's place",
    ['engine'],
  )
  const log = logGauges(metrics)
  const partitions = metrics.gauge('worker_partitions', 'Partitions that this worker holds a lease of')
  const waiting = metrics.gauge('worker_logins_waiting', 'Sessions that wait for their turn to log in to WhatsApp')
  const restarts = metrics.gauge('worker_engine_restarts', 'Engines that died or were killed since the worker started')
  const closed = metrics.gauge(
    'worker_connections_closed',
    'Connections to WhatsApp that ended since the engine started, by code',
    ['engine', 'code'],
  )
  const deaf = metrics.gauge('worker_connections_deaf', 'Connections closed because nothing came any more', ['engine'])
  const poisoned = metrics.gauge(
    'worker_commands_poisoned',
    'Commands left out since the engine started, because engines died whenever they handled them',
    ['engine'],
  )
  const quarantines = metrics.gauge('worker_quarantines', 'Quarantines that began since the engine started', [
    'engine',
    'reason',
  ])
  const proxyFailures = metrics.gauge(
    'worker_proxy_failures',
    'Connections that a proxy of a session did not let through since the engine started, by reason',
    ['engine', 'reason'],
  )
  const proxyFailing = metrics.gauge(
    'worker_sessions_proxy_failing',
    'Sessions whose proxy does not let them through',
    ['engine'],
  )
  const quarantined = metrics.gauge('worker_sessions_quarantined', 'Sessions that are left alone for a while', [
    'engine',
  ])
  const heldBack = metrics.gauge('worker_logins_held_back', '1 while WhatsApp refuses the version that logins give', [
    'engine',
    'version',
  ])
  return () => {
    for (const gauge of [closed, deaf, poisoned, quarantines, quarantined, heldBack]) gauge.reset()
    for (const gauge of [proxyFailures, proxyFailing, rejected, refused]) gauge.reset()
    for (const gauge of [sessions, connected, queued, delay, memory, heap, external, cpu, appends, bytes]) gauge.reset()
    log.reset()
    for (const { id: engine, heartbeat } of engines().ready()) {
      if (!heartbeat) continue
      sessions.set({ engine }, heartbeat.sessions)
      connected.set({ engine }, heartbeat.connected)
      queued.set({ engine }, heartbeat.queued)
      delay.set({ engine }, heartbeat.eventLoopDelayMs)
      memory.set({ engine }, heartbeat.rssBytes)
      heap.set({ engine }, heartbeat.heapBytes)
      external.set({ engine }, heartbeat.externalBytes)
      cpu.set({ engine }, heartbeat.cpuMs)
      appends.set({ engine }, heartbeat.appends)
      bytes.set({ engine }, heartbeat.appendedBytes)
      rejected.set({ engine }, heartbeat.commandsRejected)
      refused.set({ engine }, heartbeat.recordsRefused)
      const { connections } = heartbeat
      for (const [code, count] of Object.entries(connections.closed)) closed.set({ engine, code }, count)
      for (const [reason, count] of Object.entries(connections.quarantines)) quarantines.set({ engine, reason }, count)
      for (const [reason, count] of Object.entries(connections.proxyFailures))
        proxyFailures.set({ engine, reason }, count)
      proxyFailing.set({ engine }, connections.proxyFailing)
      deaf.set({ engine }, connections.deaf)
      poisoned.set({ engine }, connections.poisoned)
      quarantined.set({ engine }, connections.quarantined)
      heldBack.set({ engine, version: connections.version }, connections.heldBack ? 1 : 0)
      log.set(engine, heartbeat.log)
    }
    load.set(fleet.load())
    partitions.set(leases.held().length)
    waiting.set(logins.waiting())
    restarts.set(engines().restarts())
  }
}

/** Called for each session that was taken over and is connected again. */
export function handoverMetrics(metrics: Metrics): (reason: FailoverReason, seconds: number) => void {
  const gaps = metrics.histogram(
    'worker_session_gap_seconds',
    'Time without a connection of a session that changed its engine or worker, by reason',
    ['reason'],
    [0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 20, 30, 60],
  )
  return (reason, seconds) => gaps.observe({ reason }, seconds)
}
