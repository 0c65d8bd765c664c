// What operators see of the broker: how much a stream holds, and how far its consumers have come. Numbers only, no messages.
import { z } from 'zod'
import { callApi } from './nats-api.ts'
import type { NatsLink } from './nats-link.ts'

export type StreamState = {
  messages: number
  bytes: number
  /** 0 when nothing was ever stored. */
  firstSeq: number
  lastSeq: number
  /** Absent while the stream is empty. */
  firstAt?: Date
  lastAt?: Date
  /** Durable ones, and those of live readers. */
  consumers: number
  replicas: number
  /** 0 = none. */
  maxAgeMs: number
  /** Absent when there is no limit. */
  maxMessages?: number
  maxBytes?: number
}

export type ConsumerState = {
  name: string
  /** False for a live reader, which ends with its connection. */
  durable: boolean
  filter: string
  /** Not handed out yet. */
  pending: number
  /** Handed out and not settled. */
  ackPending: number
  /** Of those, handed out more than once. */
  redelivered: number
  /** Everything up to here is settled. */
  settledSeq: number
  /** When something was settled last; absent when nothing has been since the server started. */
  settledAt?: Date
  /** Requests for messages that wait: somebody is there to take them. */
  pulls: number
}

/** The server writes the year 1 for "never". */
const time = z
  .string()
  .transform((text) => new Date(text))
  .transform((date) => (date.getTime() > 0 ? date : undefined))

const info = z.object({
  config: z.object({
    max_age: z.number().default(0),
    max_msgs: z.number().default(-1),
    max_bytes: z.number().default(-1),
    num_replicas: z.number().default(1),
  }),
  state: z.object({
    messages: z.number(),
    bytes: z.number(),
    first_seq: z.number(),
    last_seq: z.number(),
    first_ts: time,
    last_ts: time,
    consumer_count: z.number(),
  }),
})

/** See `Broker.streamState`. */
export async function streamState(link: NatsLink, stream: string): Promise<StreamState> {
  const { config, state } = await callApi(link, `STREAM.INFO.${stream}`, undefined, info)
  const isEmpty = state.messages === 0
  return {
    messages: state.messages,
    bytes: state.bytes,
    firstSeq: state.first_seq,
    lastSeq: state.last_seq,
    ...(!isEmpty && state.first_ts && { firstAt: state.first_ts }),
    ...(!isEmpty && state.last_ts && { lastAt: state.last_ts }),
    consumers: state.consumer_count,
    replicas: config.num_replicas,
    maxAgeMs: config.max_age / 1e6,
    ...(config.max_msgs > 0 && { maxMessages: config.max_msgs }),
    ...(config.max_bytes > 0 && { maxBytes: config.max_bytes }),
  }
}

const page = z.object({
  total: z.number(),
  consumers: z
    .array(
      z.object({
        name: z.string(),
        config: z.object({ durable_name: z.string().optional(), filter_subject: z.string().default('>') }),
        ack_floor: z.object({ stream_seq: z.number(), last_active: time.optional() }),
        num_pending: z.number().default(0),
        num_ack_pending: z.number(),
        num_redelivered: z.number().default(0),
        num_waiting: z.number().default(0),
      }),
    )
    .nullish(),
})

/** See `Broker.consumerStates`. */
export async function consumerStates(link: NatsLink, stream: string, max: number): Promise<ConsumerState[]> {
  const found = new Map<string, ConsumerState>()
  for (let offset = 0; ; ) {
    const { consumers, total } = await callApi(link, `CONSUMER.LIST.${stream}`, { offset }, page)
    for (const one of consumers ?? [])
      found.set(one.name, {
        name: one.name,
        durable: one.config.durable_name !== undefined,
        filter: one.config.filter_subject,
        pending: one.num_pending,
        ackPending: one.num_ack_pending,
        redelivered: one.num_redelivered,
        settledSeq: one.ack_floor.stream_seq,
        ...(one.ack_floor.last_active && { settledAt: one.ack_floor.last_active }),
        pulls: one.num_waiting,
      })
    offset += consumers?.length ?? 0
    if (!consumers?.length || offset >= total || found.size >= max) break
  }
  return [...found.values()].slice(0, max)
}
