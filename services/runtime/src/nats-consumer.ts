// What the server knows of a durable consumer.
import { z } from 'zod'
import { NotProvisioned } from './errors.ts'
import { callApi, errorCodes, isRefusal } from './nats-api.ts'
import type { NatsLink } from './nats-link.ts'

const position = z.object({ consumer_seq: z.number(), stream_seq: z.number() })
const infoSchema = z.object({
  config: z.object({
    filter_subject: z.string().default('>'),
    ack_wait: z.number().default(30e9),
  }),
  delivered: position,
  ack_floor: position,
  num_ack_pending: z.number(),
  num_pending: z.number().default(0),
})

export type ConsumerInfo = {
  filter: string
  ackWaitMs: number
  /** The last message handed out, and how many deliveries there have been. */
  delivered: { streamSeq: number; consumerSeq: number }
  /** Everything up to here is settled. */
  settledSeq: number
  unsettled: number
  /** Not handed out yet. */
  waiting: number
}

/** @throws NotProvisioned, BrokerUnavailable */
export async function consumerInfo(link: NatsLink, stream: string, consumer: string): Promise<ConsumerInfo> {
  try {
    const info = await callApi(link, `CONSUMER.INFO.${stream}.${consumer}`, undefined, infoSchema)
    return {
      filter: info.config.filter_subject,
      ackWaitMs: info.config.ack_wait / 1e6,
      delivered: { streamSeq: info.delivered.stream_seq, consumerSeq: info.delivered.consumer_seq },
      settledSeq: info.ack_floor.stream_seq,
      unsettled: info.num_ack_pending,
      waiting: info.num_pending,
    }
  } catch (error) {
    if (isRefusal(error, errorCodes.consumerNotFound) || isRefusal(error, errorCodes.streamNotFound))
      throw new NotProvisioned(`consumer ${consumer} of ${stream} does not exist; run: make streams`)
    throw error
  }
}

/** See `Broker.settledSeq`. One that has nothing to do has settled whatever there is. */
export async function settledSeq(link: NatsLink, stream: string, consumer: string): Promise<number> {
  const { settledSeq: seq, unsettled, waiting } = await consumerInfo(link, stream, consumer)
  return unsettled === 0 && waiting === 0 ? Number.MAX_SAFE_INTEGER : seq
}
