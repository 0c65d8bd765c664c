// Reading what is stored, without consumers: thousands of session logs are replayed after a takeover, and a consumer each would
// load the cluster's metadata. Batches come from any replica; what is complete is decided by the leader's last sequence.

import type { Msg } from 'nats'
import { z } from 'zod'
import type { StoredMessage } from './broker.ts'
import { BrokerUnavailable } from './errors.ts'
import { callApi, errorCodes, isRefusal } from './nats-api.ts'
import type { NatsLink } from './nats-link.ts'
import { headersRecord, parseHeaderBlock } from './nats-message.ts'
import { patiently } from './patiently.ts'
import { pause } from './pause.ts'

const storedSchema = z.object({
  message: z.object({
    subject: z.string(),
    seq: z.number(),
    hdrs: z.string().optional(),
    data: z.string().optional(),
    time: z.string(),
  }),
})

/** See `Broker.lastMessage`. */
export const lastMessage = (link: NatsLink, stream: string, subject: string): Promise<StoredMessage | undefined> =>
  getMessage(link, stream, { last_by_subj: subject })

/** See `Broker.messageAt`. */
export const messageAt = (link: NatsLink, stream: string, seq: number): Promise<StoredMessage | undefined> =>
  getMessage(link, stream, { seq })

/** See `Broker.firstFrom`. */
export const firstFrom = (
  link: NatsLink,
  stream: string,
  subject: string,
  fromSeq: number,
): Promise<StoredMessage | undefined> => getMessage(link, stream, { seq: Math.max(1, fromSeq), next_by_subj: subject })

async function getMessage(link: NatsLink, stream: string, which: object): Promise<StoredMessage | undefined> {
  try {
    const { message } = await callApi(link, `STREAM.MSG.GET.${stream}`, which, storedSchema)
    return {
      subject: message.subject,
      seq: message.seq,
      time: new Date(message.time),
      data: Buffer.from(message.data ?? '', 'base64'),
      headers: parseHeaderBlock(message.hdrs),
    }
  } catch (error) {
    if (isRefusal(error, errorCodes.noMessageFound)) return undefined
    throw error
  }
}

export type Range = { fromSeq?: number; toSeq?: number; signal?: AbortSignal }

/** See `Broker.readSubject`; `toSeq` ends it earlier. */
export async function* readSubject(
  link: NatsLink,
  stream: string,
  subject: string,
  { fromSeq = 1, toSeq = Number.MAX_SAFE_INTEGER, signal }: Range = {},
): AsyncGenerator<StoredMessage> {
  const last = await patiently(() => lastMessage(link, stream, subject), { signal })
  if (!last) return
  let next = Math.max(1, fromSeq)
  for (let stalled = 0; next <= Math.min(last.seq, toSeq) && !signal?.aborted; ) {
    const batch = await patiently(() => readBatch(link, stream, subject, next), { signal })
    for (const message of batch) {
      if (message.seq > toSeq || signal?.aborted) return
      yield message
      next = message.seq + 1
      if (message.seq >= last.seq) return
    }
    // Nothing more although the leader has it: this replica is behind, or the rest was purged meanwhile.
    stalled = batch.length === 0 ? stalled + 1 : 0
    if (stalled > 0) {
      const lastNow = await patiently(() => lastMessage(link, stream, subject), { signal })
      if (!lastNow || lastNow.seq < next) return
      if (stalled > 50) throw new BrokerUnavailable('timeout', { mayHaveHappened: false })
      await pause(100, signal)
    }
  }
}

/** At most this many messages or about 4 MB are asked for at once. */
const batchSize = 256

const directHeaders = [
  'Nats-Stream',
  'Nats-Subject',
  'Nats-Sequence',
  'Nats-Time-Stamp',
  'Nats-Num-Pending',
  'Nats-Last-Sequence',
]

function readBatch(link: NatsLink, stream: string, subject: string, fromSeq: number): Promise<StoredMessage[]> {
  return new Promise((resolve, reject) => {
    const inbox = link.newInbox()
    const batch: StoredMessage[] = []
    const finish = (settle: () => void) => {
      clearTimeout(timer)
      stopListening()
      subscription.unsubscribe()
      settle()
    }
    const fail = (reason: 'timeout' | 'disconnected' | 'no-responders') =>
      finish(() => reject(new BrokerUnavailable(reason, { mayHaveHappened: false })))
    const timer = setTimeout(() => fail('timeout'), link.timeoutMs)
    const stopListening = link.onInterruption((event) => event === 'disconnected' && fail('disconnected'))
    const subscription = link.connection.subscribe(inbox, {
      callback: (error, msg) => {
        if (error) return finish(() => reject(error))
        const code = msg.headers?.code ?? 0
        if (code === 0) return void batch.push(directMessage(msg))
        if (code === 204 || code === 404) return finish(() => resolve(batch)) // the batch's end, or nothing there
        if (code === 503) return fail('no-responders')
        finish(() => reject(new Error(`reading ${stream}: ${code} ${msg.headers?.description ?? ''}`)))
      },
    })
    const request = { seq: fromSeq, next_by_subj: subject, batch: batchSize, max_bytes: 4 * 1024 * 1024 }
    link.connection.publish(`$JS.API.DIRECT.GET.${stream}`, JSON.stringify(request), { reply: inbox })
  })
}

function directMessage(msg: Msg): StoredMessage {
  const headers = headersRecord(msg.headers)
  const message = {
    subject: headers['Nats-Subject'] ?? '',
    seq: Number(headers['Nats-Sequence']),
    time: new Date(headers['Nats-Time-Stamp'] ?? 0),
    data: msg.data,
    headers,
  }
  for (const name of directHeaders) delete headers[name]
  return message
}
