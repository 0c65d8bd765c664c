// Messages of a work queue, one handler call each, up to `maxInFlight` at once, started in the order of the stream.
import { streams } from '@wagate/messages/streams.ts'
import { backoffMs } from './backoff.ts'
import type { BrokerMessage, ConsumeOptions, Consumption, Outcome, StoredMessage } from './broker.ts'
import { messageOf } from './errors.ts'
import { consumerInfo } from './nats-consumer.ts'
import type { NatsLink } from './nats-link.ts'
import { storedMessage } from './nats-message.ts'
import { openPull, type Pulled } from './nats-pull.ts'
import { readSubject } from './nats-read.ts'
import { pause } from './pause.ts'
import { acknowledge, finalOutcome, settle, stillWorking } from './settle.ts'

/** A message being handled. Delivered again meanwhile, it only gets the newer address to answer to. */
type Held = { reply: string | undefined }

const defaultAttempts = 8

/** See `Broker.consume`. */
export async function startConsume(link: NatsLink, options: ConsumeOptions): Promise<Consumption> {
  const { stream, consumer, maxInFlight } = options
  const { maxAttempts = defaultAttempts } = options
  await consumerInfo(link, stream, consumer) // fails now rather than at the first pull, if there is none
  const isWorkQueue = streams.some((spec) => spec.name === stream && spec.retention === 'workqueue')
  const closing = new AbortController()
  const inFlight = new Map<number, Held>()
  /** Settled by us when there was nothing or nobody to answer to: acknowledged as soon as the broker delivers them again. */
  const settledUnanswered = new Set<number>()
  /** Failures so far of messages that will come again. The broker's own count says nothing: it also counts what was put off. */
  const failures = new Map<number, number>()
  let roomMade = Promise.withResolvers<void>()

  const tellRoom = () => {
    roomMade.resolve()
    roomMade = Promise.withResolvers()
  }

  const begin = (message: StoredMessage, deliveryCount: number, reply: string | undefined) => {
    const held: Held = { reply }
    inFlight.set(message.seq, held)
    void work(message, deliveryCount, held).finally(() => {
      inFlight.delete(message.seq)
      tellRoom()
      pull.pump()
    })
  }

  const work = async (message: StoredMessage, deliveryCount: number, held: Held) => {
    const given = await outcomeOf(message, deliveryCount, held)
    const attempt = (failures.get(message.seq) ?? 0) + 1
    const outcome = finalOutcome(given, attempt, maxAttempts)
    if (outcome.kind === 'retry') failures.set(message.seq, attempt)
    else if (outcome.kind !== 'later') failures.delete(message.seq)
    const unsettled = { message, attempts: attempt, reply: () => held.reply }
    // Storing in DEAD_LETTERS may fail for a while; the message is held until it has worked.
    for (let attempt = 1; !closing.signal.aborted || attempt === 1; attempt++) {
      try {
        const answered = await settle(link, { stream, consumer }, unsettled, outcome)
        if (!answered && outcome.kind !== 'retry' && outcome.kind !== 'later') settledUnanswered.add(message.seq)
        if (outcome.kind === 'reject') options.onDeadLetter?.(message, outcome.reason)
        return
      } catch (error) {
        link.logger.warn({
          event: 'message.settle_failed',
          stream,
          consumer,
          seq: message.seq,
          attempt,
          reason: messageOf(error),
        })
        if (held.reply !== undefined) stillWorking(link, held.reply)
        await pause(backoffMs(attempt, Math.random()), closing.signal)
      }
    }
  }

  const outcomeOf = async (message: StoredMessage, deliveryCount: number, held: Held): Promise<Outcome> => {
    const working = () => {
      if (held.reply !== undefined) stillWorking(link, held.reply)
    }
    const given: BrokerMessage = { ...message, deliveryCount, working }
    try {
      return await options.handle(given)
    } catch (error) {
      link.logger.error({ event: 'message.threw', stream, consumer, seq: message.seq, deliveryCount, err: error })
      const afterMs = backoffMs(deliveryCount, Math.random(), { baseMs: 1_000, capMs: 60_000 })
      return { kind: 'retry', afterMs, reason: error instanceof Error ? error.name : 'threw' }
    }
  }

  const onMessage = ({ msg, delivery, reply }: Pulled) => {
    const { streamSeq, deliveryCount } = delivery
    if (settledUnanswered.delete(streamSeq)) return acknowledge(link, reply)
    const held = inFlight.get(streamSeq)
    if (held) held.reply = reply
    else begin(storedMessage(msg, delivery), deliveryCount, reply)
  }

  /** A work queue holds nothing but what is unsettled, so what was handed out to somebody else can be read from it. */
  const takeUnsettled = async () => {
    const info = await consumerInfo(link, stream, consumer)
    if (!isWorkQueue || info.unsettled === 0) return
    const range = { fromSeq: info.settledSeq + 1, toSeq: info.delivered.streamSeq, signal: closing.signal }
    for await (const message of readSubject(link, stream, info.filter, range)) {
      while (inFlight.size >= maxInFlight && !closing.signal.aborted) await roomMade.promise
      if (closing.signal.aborted) return
      if (!inFlight.has(message.seq) && !settledUnanswered.has(message.seq)) begin(message, 1, undefined)
    }
  }

  const startOver = async () => {
    for (let attempt = 1; !closing.signal.aborted; attempt++) {
      try {
        await takeUnsettled()
        return pull.resume()
      } catch (error) {
        link.logger.warn({ event: 'consumer.waiting', stream, consumer, attempt, reason: messageOf(error) })
        await pause(backoffMs(attempt, Math.random()), closing.signal)
      }
    }
  }

  const pull = openPull(link, {
    stream,
    consumer: () => consumer,
    capacity: maxInFlight,
    room: () => maxInFlight - inFlight.size,
    onMessage,
    onInterrupted(why) {
      link.logger.info({ event: 'consumer.interrupted', stream, consumer, why })
      starting = starting.then(startOver)
    },
  })
  let starting = startOver()
  return {
    async close() {
      closing.abort()
      pull.stop()
      tellRoom()
      await starting
      while (inFlight.size > 0) await roomMade.promise
    },
  }
}
