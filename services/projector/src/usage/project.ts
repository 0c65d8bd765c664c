// Events → what each session did on each day. An event belongs to the day (UTC) of its `time`, which is when a worker told it:
// seconds before it is stored, so a day that is over does not grow. Rows are additions to what the table has.
import type { Content, Mode } from '@wagate/messages/envelope.ts'
import type { Event, EventType } from '@wagate/messages/events.ts'
import type { StoredEvent } from '../stored-event.ts'

/** What became of messages. */
export const messageFigures = [
  'sent',
  'sent_by_phone',
  'received',
  'failed',
  'unconfirmed',
  'cancelled',
  'expired',
  'delivered',
  'read',
  'played',
] as const
export type MessageFigure = (typeof messageFigures)[number]

export const figures = [...messageFigures, 'media_bytes_sent', 'media_bytes_received'] as const
export type Figure = (typeof figures)[number]

/** A row of `usage_day`: what the events of one batch add to it. */
export type UsageRow = Record<Figure, number> & {
  tenant_id: string
  /** `2026-11-20` */
  day: string
  session_id: string
  message_type: string
  mode: Mode
  first_sequence: number
  stream_seq: number
}

/** By tenant, session, day and type. */
export type Usage = Map<string, UsageRow>

const counted: Partial<Record<EventType, MessageFigure>> = {
  'message.sent': 'sent',
  'message.echoed': 'sent_by_phone',
  'message.received': 'received',
  'message.failed': 'failed',
  'message.unconfirmed': 'unconfirmed',
  'message.cancelled': 'cancelled',
  'message.expired': 'expired',
  'message.delivered': 'delivered',
  'message.read': 'read',
  'message.played': 'played',
}

/** Which way the media of a message went; messages that did not go anywhere moved none. */
const moved: Partial<Record<EventType, Figure>> = {
  'message.sent': 'media_bytes_sent',
  'message.received': 'media_bytes_received',
}

/** Adds the event, which no session has published before, to the figures of its day. */
export function countEvent(usage: Usage, { seq, event }: StoredEvent, mode: Mode): void {
  const figure = figureOf(event)
  if (figure === undefined) return
  const content = 'content' in event.data ? event.data.content : undefined
  const row = rowOf(usage, event, content?.type ?? '', mode)
  row[figure] += 1
  row.stream_seq = seq
  const media = moved[event.type]
  if (media && content) row[media] += bytesOf(content)
}

/** What the event counts as; nothing, if it tells of no message, or of a receipt for one that was not sent through Wagate. */
export const figureOf = (event: Event): MessageFigure | undefined =>
  isForeignReceipt(event) ? undefined : counted[event.type]

/** Of a message that was not sent through Wagate: no part of what was sent. */
const isForeignReceipt = (event: Event): boolean => 'waMessageId' in event.data && event.data.messageId === undefined

function rowOf(usage: Usage, event: Event, messageType: string, mode: Mode): UsageRow {
  const day = event.time.slice(0, 10) // times are in UTC
  const key = `${event.tenantId}|${event.sessionId}|${day}|${messageType}`
  const known = usage.get(key)
  if (known) return known
  const row: UsageRow = {
    tenant_id: event.tenantId,
    day,
    session_id: event.sessionId,
    message_type: messageType,
    mode,
    sent: 0,
    sent_by_phone: 0,
    received: 0,
    failed: 0,
    unconfirmed: 0,
    cancelled: 0,
    expired: 0,
    delivered: 0,
    read: 0,
    played: 0,
    media_bytes_sent: 0,
    media_bytes_received: 0,
    first_sequence: event.sequence,
    stream_seq: 0,
  }
  usage.set(key, row)
  return row
}

/** Bytes of media that the content tells of; the compiler asks here when a type of message is added. */
function bytesOf(content: Content): number {
  switch (content.type) {
    case 'text':
    case 'unsupported': // what the event does not describe was not fetched either
      return 0
  }
}
