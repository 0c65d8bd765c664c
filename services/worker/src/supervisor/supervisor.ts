// A worker: owns and renews the leases of its partitions and has its engines host them. Crypto in an engine can therefore
// never delay a renewal, and an engine that dies loses nothing but time.
import { type WorkerRecord, workerRecord } from '@wagate/messages/control.ts'
import { sharedPartitions } from '@wagate/messages/subjects.ts'
import type { KvBucket, KvWatch } from '@wagate/runtime/broker.ts'
import type { Engines } from './engines.ts'
import type { Leases } from './leases.ts'
import { type Candidate, preferredOwner } from './placement.ts'

export type SupervisorDeps = {
  workerId: string
  host: string
  capacity: number
  partitions: number
  /** Of the leases; every other time is a part of it. */
  leaseTtlMs: number
  leases: Leases
  engines: Engines
  workers: KvBucket
  now: () => Date
  monotonicMs: () => number
  random: () => number
  every: (ms: () => number, run: () => Promise<void> | void) => { stop: () => void }
}

/** For a lease of 20 s: in milliseconds, as the comments say. */
const times = (leaseTtlMs: number) => ({
  /** 1 s: expiry is silent, so free partitions are looked for. */
  scanMs: leaseTtlMs / 20,
  /** 4 s; 1 s after a renewal that went wrong. */
  renewMs: leaseTtlMs / 5,
  retryMs: leaseTtlMs / 20,
  /** 5 s. */
  heartbeatMs: leaseTtlMs / 4,
  /** 15 s: a worker whose heartbeat is older is gone for placement; the bucket forgets it at 15 s, silently. */
  workerTtlMs: leaseTtlMs * 0.75,
  /** 3 s: a free partition that its preferred owner leaves alone for this long is anybody's. */
  patienceMs: leaseTtlMs * 0.15,
})

export async function startSupervisor(deps: SupervisorDeps) {
  const { scanMs, renewMs, retryMs, heartbeatMs, workerTtlMs, patienceMs } = times(deps.leaseTtlMs)
  const all = sharedPartitions(deps.partitions)
  const others = new Map<string, Candidate & { seenAtMs: number }>()
  const freeSince = new Map<string, number>()
  const startedAt = deps.now().toISOString()
  let draining = false

  const workersWatch = await deps.workers.watch({
    onEntry: ({ key, value }) => {
      const parsed = value && workerRecord.safeParse(JSON.parse(Buffer.from(value).toString()))
      if (!parsed?.success) others.delete(key)
      else others.set(key, { workerId: key, capacity: parsed.data.capacity, seenAtMs: deps.monotonicMs() })
    },
  })
  await workersWatch.ready
  const leasesWatch: KvWatch = await deps.leases.watch()

  async function beat(): Promise<void> {
    const ready = deps.engines.ready()
    const record: WorkerRecord = {
      v: 1,
      workerId: deps.workerId,
      host: deps.host,
      startedAt,
      engines: ready.length,
      capacity: deps.capacity,
      partitions: deps.leases.held().length,
      sessions: ready.reduce((sum, engine) => sum + (engine.heartbeat?.sessions ?? 0), 0),
    }
    await deps.workers.put(deps.workerId, Buffer.from(JSON.stringify(record))).catch(() => {})
  }

  function candidates(): Candidate[] {
    const live = [...others.values()].filter(({ seenAtMs }) => deps.monotonicMs() - seenAtMs < workerTtlMs)
    const self = { workerId: deps.workerId, capacity: deps.capacity }
    return [self, ...live.filter(({ workerId }) => workerId !== deps.workerId)]
  }

  async function scan(): Promise<void> {
    deps.engines.killHung()
    // While draining, what engines let go of is for others.
    if (draining || deps.engines.ready().length === 0) return
    const nowMs = deps.monotonicMs()
    const workers = candidates()
    const claims = all.filter((partition) => {
      if (!deps.leases.isFree(partition)) {
        freeSince.delete(partition)
        return false
      }
      const since = freeSince.get(partition) ?? nowMs
      freeSince.set(partition, since)
      return nowMs - since > patienceMs || preferredOwner(partition, workers) === deps.workerId
    })
    await Promise.all(claims.map((partition) => deps.leases.claim(partition)))
    deps.engines.place(deps.leases.held())
    deps.engines.rebalance()
  }

  await beat()
  const loops = [
    deps.every(() => heartbeatMs, beat),
    deps.every(() => scanMs * (0.9 + 0.2 * deps.random()), scan),
    deps.every(
      () => (deps.leases.overdue() ? retryMs : renewMs * (0.8 + 0.4 * deps.random())),
      async () => deps.engines.renewed(await deps.leases.renewAll()),
    ),
  ]

  return {
    /** Hands out partitions that have no engine, now rather than with the next scan. */
    place: () => void scan().catch(() => {}),
    async drain(): Promise<void> {
      draining = true
      for (const loop of loops.slice(0, 2)) loop.stop()
      await deps.engines.drain()
      loops.at(-1)?.stop()
      await deps.leases.releaseAll()
      await deps.workers.delete(deps.workerId).catch(() => {})
      await Promise.all([workersWatch.stop(), leasesWatch.stop()])
    },
  }
}
