// Every shard has its lease, so that one copy of the service pulls it. The first copy gets all, the others stand by.
import { consumerLeaseKey } from '@wagate/messages/control.ts'
import { shardConsumer } from '@wagate/messages/streams.ts'
import type { BatchTools, Broker, BrokerMessage } from '@wagate/runtime/broker.ts'
import { consumeWhileHeld, holdLease } from '@wagate/runtime/hold-lease.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import { shards } from './observe.ts'

export type ShardsDeps = {
  broker: Broker
  logger: Logger
  /** This process, unique among all that ever ran. */
  owner: string
  leaseTtlMs: number
  maxMessages: number
  handlerOf(consumer: string): (batch: BrokerMessage[], tools: BatchTools) => Promise<void>
  /** Called before the first batch after the lease was got. */
  onHeld(consumer: string): Promise<void>
  onLost(consumer: string): void
}

/** Consumes every shard whose lease it gets, until closed; `close` waits for the batches in flight. */
export async function consumeShards(deps: ShardsDeps): Promise<{ held(): number; close(): Promise<void> }> {
  const kv = await deps.broker.kv('leases')
  const leases = shards.map((shard) => {
    const consumer = shardConsumer('projector', shard)
    const consume = consumeWhileHeld(() =>
      deps.broker.consumeBatches({
        stream: 'EVENTS',
        consumer,
        maxMessages: deps.maxMessages,
        maxWaitMs: 0,
        handle: deps.handlerOf(consumer),
        onRetry: (error, attempt) => deps.logger.warn({ event: 'batch.waiting', consumer, attempt, err: error }),
      }),
    )
    return holdLease({
      kv,
      key: consumerLeaseKey(consumer),
      owner: deps.owner,
      ttlMs: deps.leaseTtlMs,
      logger: deps.logger,
      work: async (signal) => {
        await deps.onHeld(consumer)
        await consume(signal)
        deps.onLost(consumer)
      },
    })
  })
  return {
    held: () => leases.filter((lease) => lease.isHeld()).length,
    close: async () => void (await Promise.all(leases.map((lease) => lease.close()))),
  }
}
