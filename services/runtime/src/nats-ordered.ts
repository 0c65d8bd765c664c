// An ordered consumer: short-lived, unacknowledged, in memory. After a gap, silence or a reconnect it is made again behind the
// last message that arrived, so the reader sees every message once and in order.
import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { backoffMs } from './backoff.ts'
import { messageOf } from './errors.ts'
import { callApi } from './nats-api.ts'
import type { NatsLink } from './nats-link.ts'
import { openPull, type Pulled } from './nats-pull.ts'
import { pause } from './pause.ts'

export type OrderedOptions = {
  stream: string
  filter: string
  start: { from: 'seq'; seq: number } | { from: 'last-per-subject' } | { from: 'new' }
  headersOnly?: boolean
  capacity: number
  room(): number
  onMessage(pulled: Pulled): void
  /** What was there at the start has been delivered. */
  onCaughtUp(): void
}
export type Ordered = { pump(): void; stop(): Promise<void> }

/** A reader that is still behind is made again after so much silence. */
const silenceMs = 1_000

const createdSchema = z.object({ num_pending: z.number(), delivered: z.object({ stream_seq: z.number() }) })

/** Resolves once the first consumer exists, so that messages published afterwards are seen. */
export async function openOrdered(link: NatsLink, options: OrderedOptions): Promise<Ordered> {
  const { stream, filter } = options
  const stopping = new AbortController()
  let name = ''
  /** Where to go on; undefined until something fixes it. */
  let nextSeq: number | undefined
  let consumerSeq = 0
  let caughtUp = false

  const deliverPolicy = () => {
    if (nextSeq !== undefined) return { deliver_policy: 'by_start_sequence', opt_start_seq: nextSeq }
    const { start } = options
    if (start.from === 'seq') return { deliver_policy: 'by_start_sequence', opt_start_seq: Math.max(1, start.seq) }
    return { deliver_policy: start.from === 'new' ? 'new' : 'last_per_subject' }
  }

  const create = async () => {
    name = `ordered-${randomBytes(9).toString('base64url')}`
    const config = {
      name,
      ...deliverPolicy(),
      filter_subject: filter,
      ack_policy: 'none',
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: 60e9,
      ...(options.headersOnly ? { headers_only: true } : {}),
    }
    const request = { stream_name: stream, config, action: 'create' }
    const created = await callApi(link, `CONSUMER.CREATE.${stream}.${name}.${filter}`, request, createdSchema)
    consumerSeq = 0
    // Only "new" knows where it stands before the first message; the others simply start again.
    if (options.start.from === 'new' && nextSeq === undefined) nextSeq = created.delivered.stream_seq + 1
    if (created.num_pending === 0) reportCaughtUp()
  }

  const reportCaughtUp = () => {
    if (caughtUp) return
    caughtUp = true
    options.onCaughtUp()
  }

  const startOver = async () => {
    const previous = name
    for (let attempt = 1; !stopping.signal.aborted; attempt++) {
      try {
        await create()
        if (stopping.signal.aborted) return remove(name)
        pull.resume()
        return void remove(previous)
      } catch (error) {
        link.logger.warn({ event: 'reader.waiting', stream, attempt, reason: messageOf(error) })
        await pause(backoffMs(attempt, Math.random(), { baseMs: 100, capMs: 2_000 }), stopping.signal)
      }
    }
  }

  /** The server would remove it by itself after a minute; a hint is enough. */
  const remove = async (consumer: string) => {
    if (!consumer || link.status() !== 'connected') return
    await callApi(link, `CONSUMER.DELETE.${stream}.${consumer}`, undefined, z.unknown(), { timeoutMs: 2_000 }).catch(
      () => {},
    )
  }

  const pull = openPull(link, {
    stream,
    consumer: () => name,
    capacity: options.capacity,
    room: options.room,
    onMessage(pulled) {
      if (pulled.delivery.consumerSeq !== consumerSeq + 1) return restart()
      consumerSeq = pulled.delivery.consumerSeq
      nextSeq = pulled.delivery.streamSeq + 1
      options.onMessage(pulled)
      if (pulled.delivery.pending === 0) reportCaughtUp()
    },
    onInterrupted: () => restart(),
  })
  let starting: Promise<unknown> = Promise.resolve()
  const restart = () => {
    pull.pause()
    starting = starting.then(startOver)
  }

  /**
   * What was there at the start may be gone before it is delivered, deleted or expired. Then no message says that it is the last one;
   * a consumer that is made again does.
   */
  const catchUp = async () => {
    while (!caughtUp && !stopping.signal.aborted) {
      await starting
      const seen = [name, consumerSeq].join()
      await pause(silenceMs, stopping.signal)
      const isSilent = seen === [name, consumerSeq].join() && options.room() > 0
      if (isSilent && !caughtUp && !stopping.signal.aborted) restart()
    }
  }

  try {
    await create()
  } catch (error) {
    pull.stop()
    throw error
  }
  pull.resume()
  void catchUp()
  return {
    pump: pull.pump,
    async stop() {
      stopping.abort()
      pull.stop()
      await starting
      await remove(name)
    },
  }
}
