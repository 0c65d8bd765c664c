import type { Failover, Worker } from '@wagate/api/admin.ts'
import { type FailoverRecord, type WorkerOrder, type WorkerRecord, workerDefaults } from '@wagate/messages/fleet.ts'

export function presentWorker(record: WorkerRecord, order: WorkerOrder | undefined): Worker {
  return {
    id: record.workerId,
    host: record.host,
    version: record.version ?? workerDefaults.version,
    state: record.state ?? workerDefaults.state,
    desired: order?.desired ?? 'active',
    waiting_for: record.waitingFor ?? null,
    pools: record.pools ?? [...workerDefaults.pools],
    capacity: record.capacity,
    sessions: record.sessions,
    partitions: record.partitions,
    load: record.load ?? workerDefaults.load,
    engines: (record.engineList ?? []).map((engine) => ({
      id: engine.engineId,
      partitions: engine.partitions,
      sessions: engine.sessions,
      connected: engine.connected,
      queued: engine.queued,
      event_loop_delay_ms: engine.eventLoopDelayMs,
      rss_bytes: engine.rssBytes,
    })),
    started_at: record.startedAt,
  }
}

export const presentFailover = (record: FailoverRecord): Failover => ({
  id: record.failoverId,
  at: record.at,
  reason: record.reason,
  from: record.from,
  to: record.to,
  host: record.host,
  partitions: record.partitions,
  sessions: record.sessions,
  duration_ms: record.durationMs ?? null,
})
