// The fleet in memory: workers by their heartbeats, orders, pools, and what was taken over.
import {
  type FailoverRecord,
  failoverRecord,
  type PoolRecord,
  poolRecord,
  type WorkerOrder,
  type WorkerRecord,
  workerOrder,
  workerRecord,
} from '@wagate/messages/fleet.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import { dedicatedPartitions } from '@wagate/messages/pools.ts'
import { type ConsumerSpec, workerConsumer } from '@wagate/messages/streams.ts'
import type { KvBucket, KvEntry } from '@wagate/runtime/broker.ts'
import type { z } from 'zod'

export type FleetClock = { monotonicMs: () => number; now: () => Date }
export type FleetBuckets = { workers: KvBucket; workerOrders: KvBucket; failovers: KvBucket; pools: KvBucket }

export type Fleet = {
  /** Those who were heard of lately, by id. */
  workers(): WorkerRecord[]
  orderFor(workerId: string): WorkerOrder | undefined
  /** Newest first. */
  failovers(): FailoverRecord[]
  /** Dedicated pools that are provisioned. */
  pools(): string[]
  /** Makes the pool's consumers, where it has none yet. */
  provisionPool(pool: string): Promise<void>
  /** Nobody wants it any more: no worker is asked for. Its consumers stay, for the day when it is wanted again. */
  retirePool(pool: string): Promise<void>
  giveOrder(workerId: string, order: WorkerOrder): Promise<void>
  /** Told of each heartbeat, order and failover. Returns what ends it. */
  onChange(listener: (what: 'workers' | 'failovers', id: string) => void): () => void
  stop(): Promise<void>
}

/** As in the bucket, whose expiry is silent. */
const workerTtlMs = 15_000
const failoverTtlMs = 30 * 24 * 3_600_000
/** The bucket holds no more. */
const maxFailovers = 10_000

export async function watchFleet(
  buckets: FleetBuckets,
  clock: FleetClock,
  provisionConsumers: (specs: readonly ConsumerSpec[]) => Promise<void>,
): Promise<Fleet> {
  const workers = new Map<string, { record: WorkerRecord; seenAtMs: number }>()
  const orders = new Map<string, WorkerOrder>()
  const failovers = new Map<string, FailoverRecord>()
  const pools = new Set<string>()
  const listeners = new Set<(what: 'workers' | 'failovers', id: string) => void>()

  const into =
    <Value>(
      what: 'workers' | 'failovers' | undefined,
      schema: z.ZodType<Value>,
      set: (key: string, value: Value) => void,
      unset: (key: string) => void,
    ) =>
    ({ key, value }: KvEntry): void => {
      const parsed = value && parseJson(value, schema, (record) => ({ ok: true as const, record }))
      if (parsed?.ok) set(key, parsed.record)
      else unset(key)
      if (what) for (const listener of listeners) listener(what, key)
    }
  const keepFailover = (key: string, record: FailoverRecord): void => {
    failovers.set(key, record)
    const oldest = failovers.size > maxFailovers ? failovers.keys().next().value : undefined
    if (oldest !== undefined) failovers.delete(oldest)
  }

  const watches = await Promise.all([
    buckets.workers.watch({
      onEntry: into(
        'workers',
        workerRecord,
        (key, record) => workers.set(key, { record, seenAtMs: clock.monotonicMs() }),
        (key) => workers.delete(key),
      ),
    }),
    buckets.workerOrders.watch({
      onEntry: into(
        'workers',
        workerOrder,
        (key, order) => orders.set(key, order),
        (key) => orders.delete(key),
      ),
    }),
    buckets.failovers.watch({
      onEntry: into('failovers', failoverRecord, keepFailover, (key) => failovers.delete(key)),
    }),
    buckets.pools.watch({
      onEntry: into(
        undefined,
        poolRecord,
        (key) => pools.add(key),
        (key) => pools.delete(key),
      ),
    }),
  ])
  await Promise.all(watches.map(({ ready }) => ready))

  return {
    workers: () =>
      [...workers.values()]
        .filter(({ seenAtMs }) => clock.monotonicMs() - seenAtMs < workerTtlMs)
        .map(({ record }) => record)
        .sort((a, b) => (a.workerId < b.workerId ? -1 : 1)),
    orderFor: (workerId) => orders.get(workerId),
    failovers: () =>
      [...failovers.values()]
        .filter(({ at }) => clock.now().getTime() - Date.parse(at) < failoverTtlMs)
        .sort((a, b) => (a.failoverId < b.failoverId ? 1 : -1)),
    pools: () => [...pools],
    async provisionPool(pool) {
      if (pools.has(pool)) return
      await provisionConsumers(dedicatedPartitions(pool).map(workerConsumer))
      const record: PoolRecord = { v: 1, pool, createdAt: clock.now().toISOString() }
      await buckets.pools.put(pool, new TextEncoder().encode(JSON.stringify(record)))
      pools.add(pool)
    },
    async retirePool(pool) {
      await buckets.pools.delete(pool)
      pools.delete(pool)
    },
    async giveOrder(workerId, order) {
      await buckets.workerOrders.put(workerId, new TextEncoder().encode(JSON.stringify(order)))
      orders.set(workerId, order)
    },
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: async () => void (await Promise.all(watches.map((watch) => watch.stop()))),
  }
}
