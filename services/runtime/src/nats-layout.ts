// Stream and consumer configurations as JetStream wants them, made from the data in @wagate/messages.
import { type BucketSpec, buckets, type ConsumerSpec, type StreamSpec, streams } from '@wagate/messages/streams.ts'
import { leaseTtlMs } from './lease.ts'
import { nanos } from './nats-api.ts'

/** Written into every stream: a service that was configured for another number must not start. */
export const partitionsMetadata = 'wagate_partitions'

export type StreamConfig = Record<string, unknown> & { name: string; metadata: Record<string, string> }

/** What an installation decides about its broker, apart from the number of partitions. */
export type LayoutOptions = {
  /** Of streams, buckets and consumers; 3 in production. Default: as many as the installation has, 1 for a new one. */
  replicas?: number
  /** Of the bucket `leases`. Default 20 s. */
  leaseTtlMs?: number
}

export function streamConfigs(partitions: number, options: LayoutOptions = {}): StreamConfig[] {
  const { replicas = 1, leaseTtlMs: leasesTtlMs = leaseTtlMs } = options
  const common = {
    storage: 'file',
    num_replicas: replicas,
    // Batched reads of session logs use direct gets.
    allow_direct: true,
    metadata: { [partitionsMetadata]: String(partitions) },
  }
  return [
    ...streams.map((spec) => ({ ...common, ...streamConfig(spec) })),
    ...buckets.map((spec) => ({
      ...common,
      ...bucketConfig(spec.name === 'leases' ? { ...spec, ttlMs: leasesTtlMs } : spec),
    })),
  ]
}

const streamConfig = (spec: StreamSpec) => ({
  name: spec.name,
  subjects: spec.subjects,
  retention: spec.retention,
  max_age: nanos(spec.maxAgeMs),
  duplicate_window: nanos(spec.duplicateWindowMs),
  discard: 'old',
})

/** As ADR-8 wants a bucket, so that other tools can read it. */
const bucketConfig = (spec: BucketSpec) => ({
  name: `KV_${spec.name}`,
  subjects: [`$KV.${spec.name}.>`],
  retention: 'limits',
  max_msgs_per_subject: spec.history,
  max_age: nanos(spec.ttlMs),
  duplicate_window: nanos(spec.ttlMs === 0 ? 120_000 : Math.min(120_000, spec.ttlMs)),
  ...(spec.maxEntries === undefined ? { discard: 'new' } : { discard: 'old', max_msgs: spec.maxEntries }),
  allow_rollup_hdrs: true,
  deny_delete: true,
})

export const consumerConfig = (spec: ConsumerSpec, replicas: number) => ({
  durable_name: spec.name,
  name: spec.name,
  filter_subject: spec.filter,
  ack_policy: spec.ack,
  ack_wait: nanos(spec.ackWaitMs),
  max_deliver: -1,
  max_ack_pending: spec.maxAckPending,
  deliver_policy: 'all',
  replay_policy: 'instant',
  num_replicas: replicas,
})
