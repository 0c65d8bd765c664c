// Every shard has its lease, so that one copy of the service pulls it. The first copy gets all, the others stand by; retries
// are shared by all copies.
import { consumerLeaseKey } from '@wagate/messages/control.ts'
import { shardConsumer } from '@wagate/messages/streams.ts'
import { shardCount } from '@wagate/messages/subjects.ts'
import type { BatchTools, Broker, BrokerMessage } from '@wagate/runtime/broker.ts'
import { consumeWhileHeld, holdLease } from '@wagate/runtime/hold-lease.ts'
import type { Logger } from '@wagate/runtime/logger.ts'

export type ShardsDeps = {
  broker: Broker
  logger: Logger
  /** This process, unique among all that ever ran. */
  owner: string
  leaseTtlMs: number
  maxMessages: number
  handlerOf(consumer: string): (batch: BrokerMessage[], tools: BatchTools) => Promise<void>
}

/** Consumes every shard whose lease it gets, until closed; `close` waits for the batches in flight. */
export async function consumeShards(deps: ShardsDeps): Promise<{ close(): Promise<void> }> {
  const kv = await deps.broker.kv('leases')
  const leases = Array.from({ length: shardCount }, (_, shard) => {
    const consumer = shardConsumer('webhooks', shard)
    const open = () =>
      deps.broker.consumeBatches({
        stream: 'EVENTS',
        consumer,
        maxMessages: deps.maxMessages,
        maxWaitMs: 0,
        handle: deps.handlerOf(consumer),
        onRetry: (error, attempt) => deps.logger.warn({ event: 'batch.waiting', consumer, attempt, err: error }),
      })
    const { owner, logger, leaseTtlMs: ttlMs } = deps
    return holdLease({ kv, key: consumerLeaseKey(consumer), owner, logger, ttlMs, work: consumeWhileHeld(open) })
  })
  return { close: async () => void (await Promise.all(leases.map((lease) => lease.close()))) }
}
