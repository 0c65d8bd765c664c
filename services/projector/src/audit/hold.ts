// One copy of the service chains: a lease says which. It begins with what AUDIT has and the database does not, which is nothing
// unless the database was restored from a backup.
import { consumerLeaseKey } from '@wagate/messages/control.ts'
import { auditConsumer } from '@wagate/messages/streams.ts'
import type { Broker, StoredMessage } from '@wagate/runtime/broker.ts'
import { consumeWhileHeld, type HeldLease, holdLease } from '@wagate/runtime/hold-lease.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import { pause } from '@wagate/runtime/pause.ts'
import type { AuditHandler } from './consume.ts'

export type HoldAuditDeps = {
  broker: Broker
  logger: Logger
  /** This process, unique among all that ever ran. */
  owner: string
  leaseTtlMs: number
  maxMessages: number
  handle: AuditHandler
  /** The last message that is in the database; 0 for none. */
  position(): Promise<number>
  onLost(): void
}

const retryMs = 2_000

export async function holdAudit(deps: HoldAuditDeps): Promise<HeldLease> {
  const { broker, logger, handle, maxMessages } = deps
  const { stream, name: consumer } = auditConsumer
  const consume = consumeWhileHeld(() =>
    broker.consumeBatches({
      stream,
      consumer,
      maxMessages,
      maxWaitMs: 0,
      handle: (messages, tools) => handle(messages, tools.deadLetter),
      onRetry: (error, attempt) => logger.warn({ event: 'batch.waiting', consumer, attempt, err: error }),
    }),
  )
  return holdLease({
    kv: await broker.kv('leases'),
    key: consumerLeaseKey(consumer),
    owner: deps.owner,
    ttlMs: deps.leaseTtlMs,
    logger,
    work: async (signal) => {
      await untilCaughtUp(deps, signal)
      await consume(signal)
      deps.onLost()
    },
  })
}

async function untilCaughtUp(deps: HoldAuditDeps, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await catchUp(deps, signal)
    } catch (error) {
      deps.logger.warn({ event: 'batch.waiting', consumer: auditConsumer.name, err: error })
      await pause(retryMs, signal)
    }
  }
}

/** Adds what lies behind the database's position. What cannot be stored was set aside before, or will be when it is delivered. */
export async function catchUp(
  { broker, handle, maxMessages, position }: Pick<HoldAuditDeps, 'broker' | 'handle' | 'maxMessages' | 'position'>,
  signal: AbortSignal,
): Promise<void> {
  const { stream, filter } = auditConsumer
  let batch: StoredMessage[] = []
  const flush = async () => {
    const messages = batch
    batch = []
    await handle(messages, async () => {})
  }
  for await (const message of broker.readSubject(stream, filter, { fromSeq: (await position()) + 1, signal })) {
    batch.push(message)
    if (batch.length >= maxMessages) await flush()
  }
  if (!signal.aborted) await flush()
}
