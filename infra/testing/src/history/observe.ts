// From what the API, the sandbox and the broker say to the plain data of a history.
import type { Client, StreamedEvent } from '@wagate/api/client.ts'
import type { Page } from '@wagate/api/paging.ts'
import type { Phone } from '@wagate/api/sandbox.ts'
import type { WebhookPayload } from '@wagate/api/webhook-payload.ts'
import { waitFor } from '../wait-for.ts'
import type { ListedMessage, LogAppend, SeenEvent, ShownMessage } from './history.ts'

export function seenEvent(payload: WebhookPayload): SeenEvent {
  const { data } = payload
  return {
    id: payload.id,
    type: payload.type,
    sessionId: payload.session_id,
    sequence: payload.sequence,
    atMs: Date.parse(data.at),
    ...('message_id' in data && data.message_id ? { messageId: data.message_id } : {}),
    ...('wa_message_id' in data && data.wa_message_id ? { waMessageId: data.wa_message_id } : {}),
    ...('text' in data && data.text ? { text: data.text.body } : {}),
  }
}

export type EventFeed = {
  /** Every event since the beginning of the stream, in its order. */
  events: StreamedEvent[]
  /** The first event that matches, now or later. */
  next(
    matches: (event: WebhookPayload) => boolean,
    options?: { what?: string; deadlineMs?: number },
  ): Promise<WebhookPayload>
} & AsyncDisposable

/** Follows the tenant's event stream from its beginning, over lost connections. */
export async function followEvents(client: Client): Promise<EventFeed> {
  const events: StreamedEvent[] = []
  const stopping = new AbortController()
  const opened = Promise.withResolvers<void>()
  let failure: unknown
  const following = (async () => {
    const stream = client.events({ signal: stopping.signal, lastEventId: '0', onOpen: () => opened.resolve() })
    for await (const event of stream) events.push(event)
  })().catch((error: unknown) => {
    failure = error
    opened.reject(error)
  })
  await opened.promise
  return {
    events,
    next: async (matches, { what = 'an event', deadlineMs = 60_000 } = {}) =>
      waitFor(
        () => {
          if (failure) throw failure
          return events.find(({ data }) => matches(data))?.data
        },
        { what, deadlineMs },
      ),
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await following
    },
  }
}

/** Reads a list to its end. */
export async function all<Item>(list: (options: { limit: number; cursor?: string }) => Promise<Page<Item>>) {
  const items: Item[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await list({ limit: 200, ...(cursor === undefined ? {} : { cursor }) })
    items.push(...page.data)
    if (page.next_cursor === null) return items
    cursor = page.next_cursor
  }
}

/** What the screens of these phones show of other people. */
export async function readScreens(client: Client, phones: readonly Phone[]): Promise<ShownMessage[]> {
  const screens = await Promise.all(
    phones.map(async (phone) => {
      const messages = await all((options) => client.listPhoneMessages(phone.id, options))
      return messages
        .filter((message) => !message.from_me)
        .map(({ id, from, text }) => ({ phone: phone.number, from, waMessageId: id, text }))
    }),
  )
  return screens.flat()
}

export async function readLists(client: Client, sessionIds: readonly string[]): Promise<ListedMessage[]> {
  const lists = await Promise.all(sessionIds.map((id) => all((options) => client.listMessages(id, options))))
  return lists.flat().map(({ id, session_id, direction, status }) => ({
    messageId: id,
    sessionId: session_id,
    direction,
    status,
  }))
}

/** A message of SESSION_LOG as the broker has it. */
export type StoredAppend = {
  subject: string
  seq: number
  data: Uint8Array
  /** When the broker stored it. */
  time?: Date
  headers?: Record<string, string>
}

/** The readable heads of the session logs: byte 0 is the version, 1–4 the epoch, 5–8 the position; the rest is sealed. */
export async function readAppends(
  log: AsyncIterable<StoredAppend>,
  sessionIds: readonly string[],
): Promise<LogAppend[]> {
  const wanted = new Set(sessionIds)
  const appends: LogAppend[] = []
  for await (const { subject, seq, data, time, headers } of log) {
    const sessionId = subject.split('.').at(-1) ?? ''
    if (!wanted.has(sessionId)) continue
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
    // `<session>:<epoch>:<position>:<term>`
    const term = headers?.['Nats-Msg-Id']?.split(':')[3]
    appends.push({
      sessionId,
      seq,
      epoch: view.getUint32(1),
      position: view.getUint32(5),
      ...(term === undefined ? {} : { term }),
      ...(time === undefined ? {} : { atMs: time.getTime() }),
    })
  }
  return appends
}
