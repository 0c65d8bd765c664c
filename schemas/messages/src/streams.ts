// The broker's layout as data: applied by `make streams`, checked by every service when it starts, created nowhere else.
import { instanceTtlMs } from './instance.ts'
import { auditSubjects, commandsOfPartition, eventsOfShard, shardCount, sharedPartitions } from './subjects.ts'

const seconds = 1_000
const minutes = 60 * seconds
const days = 24 * 60 * minutes

export type StreamSpec = {
  name: string
  subjects: string[]
  retention: 'workqueue' | 'limits'
  /** 0 keeps messages until they are acknowledged or purged. */
  maxAgeMs: number
  /** How long a repeated Nats-Msg-Id is recognised. */
  duplicateWindowMs: number
}

export const streams: readonly StreamSpec[] = [
  { name: 'COMMANDS', subjects: ['cmd.>'], retention: 'workqueue', maxAgeMs: 0, duplicateWindowMs: 10 * minutes },
  { name: 'EVENTS', subjects: ['evt.>'], retention: 'limits', maxAgeMs: 30 * days, duplicateWindowMs: 10 * minutes },
  { name: 'SESSION_LOG', subjects: ['wal.>'], retention: 'limits', maxAgeMs: 0, duplicateWindowMs: 2 * minutes },
  /** The audit log on its way to Postgres, which keeps it; long enough to outlast any outage, and to bring a restored backup up to date. */
  {
    name: 'AUDIT',
    subjects: [auditSubjects],
    retention: 'limits',
    maxAgeMs: 90 * days,
    duplicateWindowMs: 10 * minutes,
  },
  {
    name: 'DEAD_LETTERS',
    subjects: ['dlq.>', '$JS.EVENT.ADVISORY.CONSUMER.MAX_DELIVERIES.>'],
    retention: 'limits',
    maxAgeMs: 30 * days,
    duplicateWindowMs: 10 * minutes,
  },
]

export type BucketSpec = {
  name: string
  ttlMs: number
  history: 1
  /** The oldest keys make room for new ones; unbounded when absent. */
  maxEntries?: number
}

export const buckets: readonly BucketSpec[] = [
  /** Who owns a partition or an EVENTS consumer; outlives a leader election of the broker (4–9 s). */
  { name: 'leases', ttlMs: 20 * seconds, history: 1 },
  /** Heartbeats of the workers. */
  { name: 'workers', ttlMs: 15 * seconds, history: 1 },
  /** Which processes of which services run. */
  { name: 'instances', ttlMs: instanceTtlMs, history: 1 },
  /** Partitions that change their worker in good order; one that stalls is forgotten. */
  { name: 'handovers', ttlMs: 30 * seconds, history: 1 },
  /** What the operator wants of a worker. */
  { name: 'worker_orders', ttlMs: 30 * days, history: 1 },
  /** Who took what over from whom, and how long it took. */
  { name: 'failovers', ttlMs: 30 * days, history: 1, maxEntries: 10_000 },
  /** Until when workers hosted which partitions; one key for each worker that ran. */
  { name: 'hosted', ttlMs: 30 * days, history: 1, maxEntries: 10_000 },
  /** Dedicated pools whose consumers exist. */
  { name: 'pools', ttlMs: 0, history: 1 },
  /** QR strings and pairing codes: credentials, so they live a minute and go nowhere else. */
  { name: 'pairing', ttlMs: 60 * seconds, history: 1 },
  { name: 'idempotency', ttlMs: 1 * days, history: 1 },
  { name: 'sessions', ttlMs: 0, history: 1 },
  { name: 'api_keys', ttlMs: 0, history: 1 },
  { name: 'tenants', ttlMs: 0, history: 1 },
  { name: 'members', ttlMs: 0, history: 1 },
  /** Which operators look into which tenants now. */
  { name: 'support_accesses', ttlMs: 0, history: 1 },
  /** What gateways sign tokens with, sealed by the master key. */
  { name: 'signing_keys', ttlMs: 0, history: 1 },
  /** Messages of each account by month; a month's last write is at its end, at the latest. */
  { name: 'message_counts', ttlMs: 35 * days, history: 1 },
  /** Data keys of the session logs, wrapped by the master key. Losing it loses every session: back it up. */
  { name: 'session_keys', ttlMs: 0, history: 1 },
]

/** No consumer has a `max_deliver`: what the server gives up nobody would handle. Services move poison to DEAD_LETTERS. */
export type ConsumerSpec = {
  stream: string
  name: string
  filter: string
  /** `all`: one acknowledgement settles everything before it, for consumers that work in ordered batches. */
  ack: 'explicit' | 'all'
  ackWaitMs: number
  maxAckPending: number
}

export const partitionConsumer = (partition: string): string => `worker-${partition}`
export const shardConsumer = (service: 'projector' | 'webhooks', shard: number | string): string =>
  `${service}-${shard}`

/** What the worker of a partition pulls from. */
export const workerConsumer = (partition: string): ConsumerSpec => ({
  stream: 'COMMANDS',
  name: partitionConsumer(partition),
  filter: commandsOfPartition(partition),
  ack: 'explicit',
  ackWaitMs: 30 * seconds,
  maxAckPending: 4_000,
})

/** What the projector chains the audit log from: one for all tenants, since changes are rare. */
export const auditConsumer: ConsumerSpec = {
  stream: 'AUDIT',
  name: 'projector-audit',
  filter: auditSubjects,
  ack: 'all',
  ackWaitMs: 30 * seconds,
  maxAckPending: 2_000,
}

/** Those that `make streams` makes; a dedicated pool's come with the pool. */
export function consumers(partitions: number): ConsumerSpec[] {
  const workers = sharedPartitions(partitions).map(workerConsumer)
  const readers = (['projector', 'webhooks'] as const).flatMap((service) =>
    Array.from(
      { length: shardCount },
      (_, shard): ConsumerSpec => ({
        stream: 'EVENTS',
        name: shardConsumer(service, shard),
        filter: eventsOfShard(String(shard)),
        ack: 'all',
        ackWaitMs: 30 * seconds,
        maxAckPending: 2_000,
      }),
    ),
  )
  return [...workers, ...readers, auditConsumer]
}
