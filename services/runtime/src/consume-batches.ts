// Messages of an AckAll consumer in ordered batches without gaps. One acknowledgement settles everything before it, so a message
// that got lost on the way must never be jumped over: on any doubt the missing range is read from the stream itself.
import { backoffMs } from './backoff.ts'
import type { BatchTools, BrokerMessage, ConsumeBatchesOptions, Consumption, StoredMessage } from './broker.ts'
import { messageOf } from './errors.ts'
import type { LateAcks } from './late-acks.ts'
import { consumerInfo } from './nats-consumer.ts'
import type { NatsLink } from './nats-link.ts'
import { storedMessage } from './nats-message.ts'
import { openPull, type Pulled } from './nats-pull.ts'
import { readSubject } from './nats-read.ts'
import { pause } from './pause.ts'
import { acknowledge, deadLetter, stillWorking } from './settle.ts'

type Buffered = { message: StoredMessage; deliveryCount: number; reply: string }

/** See `Broker.consumeBatches`. */
export async function startBatches(
  link: NatsLink,
  options: ConsumeBatchesOptions,
  lateAcks: LateAcks,
): Promise<Consumption> {
  const { stream, consumer, maxMessages, maxWaitMs } = options
  const { ackWaitMs } = await consumerInfo(link, stream, consumer)
  const closing = new AbortController()
  const { signal } = closing
  const tools: BatchTools = {
    // A batch is tried for ever; a message leaves it at the first failure that is its own.
    deadLetter: (message, reason) => deadLetter(link, { stream, consumer }, message, { reason, attempts: 1 }),
    signal,
  }
  let buffer: Buffered[] = []
  let wake = Promise.withResolvers<void>()
  /** Everything up to here has been handled. */
  let handledSeq = 0
  /** The last message that came in order, and the number of its delivery. */
  let receivedSeq = 0
  let consumerSeq = 0
  let inDoubt = true

  const onMessage = ({ msg, delivery, reply }: Pulled) => {
    if (inDoubt) return
    const isRepeat = delivery.streamSeq <= receivedSeq
    if (delivery.consumerSeq !== consumerSeq + 1 || (!isRepeat && delivery.deliveryCount > 1)) {
      return doubt('a delivery is missing')
    }
    consumerSeq = delivery.consumerSeq
    if (isRepeat) {
      if (delivery.streamSeq <= handledSeq) acknowledge(link, reply)
      return
    }
    receivedSeq = delivery.streamSeq
    buffer.push({ message: storedMessage(msg, delivery), deliveryCount: delivery.deliveryCount, reply })
    wake.resolve()
  }

  const doubt = (why: string) => {
    link.logger.info({ event: 'consumer.resync', stream, consumer, why })
    inDoubt = true
    pull.pause()
    wake.resolve()
  }

  const pull = openPull(link, {
    stream,
    consumer: () => consumer,
    capacity: 2 * maxMessages,
    room: () => (inDoubt ? 0 : 2 * maxMessages - buffer.length),
    onMessage,
    onInterrupted: doubt,
  })

  /** Handles what was handed out and not acknowledged, from the stream, then goes on with what comes. */
  const resync = async () => {
    const info = await consumerInfo(link, stream, consumer)
    buffer = []
    // A position behind ours means that somebody rewound the consumer for a rebuild.
    const rewound = info.delivered.streamSeq < handledSeq
    handledSeq = rewound ? info.settledSeq : Math.max(handledSeq, info.settledSeq)
    const range = { fromSeq: handledSeq + 1, toSeq: info.delivered.streamSeq, signal }
    let batch: BrokerMessage[] = []
    const flush = async () => {
      const last = batch.at(-1)
      if (last && (await handleUntilDone(batch))) handledSeq = last.seq
      batch = []
    }
    if (info.unsettled > 0) {
      for await (const message of readSubject(link, stream, info.filter, range)) {
        batch.push({ ...message, deliveryCount: 1, working: () => {} })
        if (batch.length >= maxMessages) await flush()
        if (signal.aborted) return
      }
      await flush()
      if (signal.aborted) return
    }
    receivedSeq = info.delivered.streamSeq
    handledSeq = Math.max(handledSeq, receivedSeq)
    consumerSeq = info.delivered.consumerSeq
    inDoubt = false
    pull.resume()
  }

  /** The same batch until the handler takes it; false when the consumption is closed before. */
  const handleUntilDone = async (batch: BrokerMessage[]): Promise<boolean> => {
    const keepAlive = setInterval(() => {
      for (const { working } of batch) working()
      for (const { reply } of buffer) stillWorking(link, reply)
    }, ackWaitMs / 3)
    try {
      for (let attempt = 1; ; attempt++) {
        try {
          await options.handle(batch, tools)
          return true
        } catch (error) {
          if (signal.aborted) return false
          if (options.onRetry) options.onRetry(error, attempt)
          else link.logger.error({ event: 'batch.threw', stream, consumer, attempt, size: batch.length, err: error })
          await pause(backoffMs(attempt, Math.random()), signal)
          if (signal.aborted) return false
        }
      }
    } finally {
      clearInterval(keepAlive)
    }
  }

  const nextBatch = async (): Promise<Buffered[]> => {
    while (buffer.length === 0 && !inDoubt && !signal.aborted) {
      wake = Promise.withResolvers()
      await wake.promise
    }
    const deadlineMs = performance.now() + maxWaitMs
    while (buffer.length < maxMessages && !inDoubt && !signal.aborted) {
      const leftMs = deadlineMs - performance.now()
      if (leftMs <= 0) break
      wake = Promise.withResolvers()
      await Promise.race([wake.promise, pause(leftMs, signal)])
    }
    return inDoubt || signal.aborted ? [] : buffer.splice(0, maxMessages)
  }

  const run = async () => {
    for (let failures = 0; !signal.aborted; ) {
      try {
        if (inDoubt) await resync()
        const batch = await nextBatch()
        const last = batch.at(-1)
        if (!last) continue
        pull.pump()
        const given = batch.map(({ message, deliveryCount, reply }): BrokerMessage => {
          return { ...message, deliveryCount, working: () => stillWorking(link, reply) }
        })
        if (!(await handleUntilDone(given))) return
        handledSeq = last.message.seq
        lateAcks.add(consumer, last.reply)
        failures = 0
      } catch (error) {
        failures++
        link.logger.warn({ event: 'consumer.waiting', stream, consumer, attempt: failures, reason: messageOf(error) })
        await pause(backoffMs(failures, Math.random()), signal)
      }
    }
  }

  const running = run()
  return {
    async close() {
      closing.abort()
      wake.resolve()
      pull.stop()
      await running
      lateAcks.send(consumer)
    },
  }
}
