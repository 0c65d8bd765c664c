// Raw NATS messages → StoredMessage. A delivery's position is in its reply subject, in one of two layouts (ADR-15).
import type { Msg, MsgHdrs } from 'nats'
import type { StoredMessage } from './broker.ts'

export type Delivery = {
  deliveryCount: number
  streamSeq: number
  /** Counts the deliveries of this consumer, repeats included. */
  consumerSeq: number
  time: Date
  /** Messages behind this one that match the consumer's filter. */
  pending: number
}

/**
 * `$JS.ACK.<stream>.<consumer>.<count>.<stream seq>.<consumer seq>.<ns>.<pending>`, or with `<domain>.<account>` before the
 * stream and a token at the end. Undefined when it is neither.
 */
export function parseDelivery(reply: string): Delivery | undefined {
  const tokens = reply.split('.')
  if (tokens[0] !== '$JS' || tokens[1] !== 'ACK') return undefined
  const first = tokens.length === 9 ? 4 : tokens.length >= 11 ? 6 : undefined
  if (first === undefined) return undefined
  const [count, streamSeq, consumerSeq, ns, pending] = tokens.slice(first, first + 5)
  if (!count || !streamSeq || !consumerSeq || !ns || !pending || !/^\d+$/.test(ns)) return undefined
  return {
    deliveryCount: Number(count),
    streamSeq: Number(streamSeq),
    consumerSeq: Number(consumerSeq),
    time: new Date(Number(ns.slice(0, -6))), // ns since 1970 do not fit in a number, ms do
    pending: Number(pending),
  }
}

export function headersRecord(headers: MsgHdrs | undefined): Record<string, string> {
  const record: Record<string, string> = {}
  if (headers) for (const [name, values] of headers) record[name] = values[0] ?? ''
  return record
}

export const storedMessage = (msg: Msg, delivery: Delivery): StoredMessage => ({
  subject: msg.subject,
  seq: delivery.streamSeq,
  time: delivery.time,
  data: msg.data,
  headers: headersRecord(msg.headers),
})

/** Header block as the message-get API returns it, base64. */
export function parseHeaderBlock(base64: string | undefined): Record<string, string> {
  const record: Record<string, string> = {}
  if (!base64) return record
  for (const line of Buffer.from(base64, 'base64').toString('utf8').split('\r\n').slice(1)) {
    const colon = line.indexOf(':')
    if (colon > 0) record[line.slice(0, colon)] ??= line.slice(colon + 1).trim()
  }
  return record
}
