// The workers that are there, as their heartbeats tell, and this worker's own.
import { type EngineRecord, type WorkerRecord, workerDefaults, workerRecord } from '@wagate/messages/fleet.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import type { EngineHandle } from './engines.ts'
import type { Candidate } from './placement.ts'

export type Peer = Candidate & {
  pools: readonly string[]
  state: NonNullable<WorkerRecord['state']>
  load: number
}

export type FleetDeps = {
  bucket: KvBucket
  self: { workerId: string; host: string; version: string; capacity: number; pools: readonly string[] }
  engines: () => readonly EngineHandle[]
  partitions: () => number
  /** What this worker is about, and what keeps it from it. */
  standing: () => { state: Peer['state']; waitingFor?: string }
  /** A worker whose heartbeat is older is gone for placement; the bucket forgets it later, silently. */
  ttlMs: number
  now: () => Date
  monotonicMs: () => number
}

/** An event loop that is late by this much has all that it can take. */
const fullEventLoopDelayMs = 200

/** 1 = as much as it should carry. */
export function loadOf(sessions: number, capacity: number, eventLoopDelaysMs: readonly number[]): number {
  return Math.max(sessions / capacity, ...eventLoopDelaysMs.map((ms) => ms / fullEventLoopDelayMs), 0)
}

export async function joinFleet(deps: FleetDeps) {
  const { workerId, host, version, capacity, pools } = deps.self
  const startedAt = deps.now().toISOString()
  const others = new Map<string, Peer & { seenAtMs: number }>()
  const watch = await deps.bucket.watch({
    onEntry: ({ key, value }) => {
      const parsed = value && parseJson(value, workerRecord, (record) => ({ ok: true as const, record }))
      if (!parsed?.ok) others.delete(key)
      else {
        const { pools = workerDefaults.pools, state = workerDefaults.state, load = workerDefaults.load } = parsed.record
        others.set(key, {
          workerId: key,
          capacity: parsed.record.capacity,
          pools,
          state,
          load,
          seenAtMs: deps.monotonicMs(),
        })
      }
    },
  })
  await watch.ready

  const sessions = (): number => deps.engines().reduce((sum, { heartbeat }) => sum + (heartbeat?.sessions ?? 0), 0)
  const load = (): number =>
    loadOf(
      sessions(),
      capacity,
      deps.engines().map(({ steadyDelayMs }) => steadyDelayMs),
    )

  return {
    async beat(): Promise<void> {
      const record: WorkerRecord = {
        v: 1,
        workerId,
        host,
        startedAt,
        engines: deps.engines().length,
        capacity,
        partitions: deps.partitions(),
        sessions: sessions(),
        version,
        pools: [...pools],
        ...deps.standing(),
        load: Math.round(load() * 1_000) / 1_000,
        engineList: deps.engines().map(engineRecordOf),
      }
      await deps.bucket.put(workerId, Buffer.from(JSON.stringify(record))).catch(() => {})
    },
    /** Everybody who was heard lately, this worker included. */
    peers(): Peer[] {
      const live = [...others.values()].filter(({ seenAtMs }) => deps.monotonicMs() - seenAtMs < deps.ttlMs)
      const self: Peer = { workerId, capacity, pools, load: load(), state: deps.standing().state }
      return [self, ...live.filter((peer) => peer.workerId !== workerId)]
    },
    load,
    sessions,
    async leave(): Promise<void> {
      await deps.bucket.delete(workerId).catch(() => {})
      await watch.stop()
    },
  }
}
export type Fleet = Awaited<ReturnType<typeof joinFleet>>

function engineRecordOf({ id, partitions, heartbeat }: EngineHandle): EngineRecord {
  return {
    engineId: id,
    partitions: partitions.size,
    sessions: heartbeat?.sessions ?? 0,
    connected: heartbeat?.connected ?? 0,
    queued: heartbeat?.queued ?? 0,
    eventLoopDelayMs: Math.round(heartbeat?.eventLoopDelayMs ?? 0),
    rssBytes: heartbeat?.rssBytes ?? 0,
  }
}
