// Message events → rows, and receipts → changes of rows that an earlier batch wrote. States never move back.
import { type Event, messageStates } from '@wagate/messages/events.ts'
import { isId, timeOfId } from '@wagate/messages/ids.ts'
import type { MessageEvent, ReceiptEvent } from '../chat-view/project.ts'
import type { StoredEvent } from '../stored-event.ts'

export type MessageRowState =
  | 'received'
  | 'unknown'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'played'
  | 'failed'
  | 'cancelled'
  | 'expired'

/** What a receipt tells; in a row, what all receipts so far told. */
export type Progress = {
  state: MessageRowState
  delivered_at: string | null
  read_at: string | null
  played_at: string | null
}

/** A row of `message_view`; times are ISO strings. */
export type MessageRow = Progress & {
  tenant_id: string
  message_id: string
  created_at: string
  session_id: string
  chat_id: string
  direction: 'out' | 'in' | 'out_by_phone'
  chat_phone: string | null
  chat_lid: string | null
  from_phone: string | null
  from_lid: string | null
  type: string
  content: unknown
  wa_message_id: string | null
  error_code: string | null
  error_detail: string | null
  accepted_at: string | null
  sent_at: string | null
  failed_at: string | null
  cancelled_at: string | null
  expired_at: string | null
  stream_seq: number
}

/** Progress of a message that this batch did not write: named by our id and its time, or else by WhatsApp's. */
export type MessageProgress = Progress & {
  tenant_id: string
  session_id: string
  message_id: string | null
  created_at: string | null
  wa_message_id: string
  /** When the earliest receipt of the batch was given: the message is not younger. */
  at: string
  stream_seq: number
}

/** The messages that a batch writes and those that it moves on. */
export type Messages = {
  rows: Map<string, MessageRow>
  /** `<tenant>|<session>|<WhatsApp's id>` → message id, of the rows of this batch. */
  byWaId: Map<string, string>
  progress: Map<string, MessageProgress>
}
export const noMessages = (): Messages => ({ rows: new Map(), byWaId: new Map(), progress: new Map() })

/** The order of the states; `received` is outside of it and stays. */
export const rank = (state: MessageRowState): number => (state === 'received' ? -1 : messageStates.indexOf(state))

/** Ids older than this product, or from the future, would make partitions that nobody meant. */
const earliestMs = Date.UTC(2020, 0, 1)
const clockSkewMs = 2 * 24 * 3_600_000

/** Folds an event that carries a message. @throws when the message id is not one */
export function projectMessageRow(messages: Messages, { seq, event }: StoredEvent<MessageEvent>, chatId: string): void {
  const key = `${event.tenantId}|${event.data.messageId}`
  const row = rowOf(seq, event, chatId)
  const before = messages.rows.get(key)
  messages.rows.set(key, before ? moveOn(before, row) : row)
  if (row.wa_message_id) messages.byWaId.set(waKey(event, row.wa_message_id), key)
}

export function projectProgress(messages: Messages, { seq, event }: StoredEvent<ReceiptEvent>): void {
  const { messageId, waMessageId, at } = event.data
  const told = receipt(event)
  const known =
    messageId === undefined ? messages.byWaId.get(waKey(event, waMessageId)) : `${event.tenantId}|${messageId}`
  const row = known === undefined ? undefined : messages.rows.get(known)
  if (known !== undefined && row) {
    messages.rows.set(known, { ...row, ...forward(row, told), stream_seq: seq })
    return
  }
  const key = messageId === undefined ? `wa|${waKey(event, waMessageId)}` : `id|${event.tenantId}|${messageId}`
  const before = messages.progress.get(key)
  messages.progress.set(key, {
    tenant_id: event.tenantId,
    session_id: event.sessionId,
    message_id: messageId ?? null,
    created_at: messageId === undefined ? null : createdAt(messageId, event),
    wa_message_id: waMessageId,
    at: before?.at ?? at,
    ...(before ? forward(before, told) : told),
    stream_seq: seq,
  })
}

/** The months (`2026-11-01T…`) of the rows, for their partitions. */
export function monthsOf(messages: Messages): string[] {
  return [...new Set([...messages.rows.values()].map((row) => `${row.created_at.slice(0, 7)}-01T00:00:00.000Z`))]
}

const waKey = (event: Event, waMessageId: string): string => `${event.tenantId}|${event.sessionId}|${waMessageId}`

/** The time of the id. @throws when it is none, or its time cannot be */
export function createdAt(messageId: string, event: Event): string {
  if (!isId('message', messageId)) throw new Error('data.messageId: not a message id')
  const timeMs = timeOfId(messageId)
  if (timeMs < earliestMs || timeMs > Date.parse(event.time) + clockSkewMs)
    throw new Error('data.messageId: its time is out of range')
  return new Date(timeMs).toISOString()
}

function rowOf(seq: number, event: MessageEvent, chatId: string): MessageRow {
  const { data } = event
  return {
    tenant_id: event.tenantId,
    message_id: data.messageId,
    created_at: createdAt(data.messageId, event),
    session_id: event.sessionId,
    chat_id: chatId,
    direction: event.type === 'message.received' ? 'in' : event.type === 'message.echoed' ? 'out_by_phone' : 'out',
    chat_phone: data.chat.phone ?? null,
    chat_lid: data.chat.lid ?? null,
    from_phone: event.type === 'message.received' ? (event.data.from.phone ?? null) : null,
    from_lid: event.type === 'message.received' ? (event.data.from.lid ?? null) : null,
    type: data.content.type,
    content: data.content,
    wa_message_id: ('waMessageId' in data && data.waMessageId) || null,
    error_code: event.type === 'message.failed' ? event.data.code : null,
    error_detail: event.type === 'message.failed' ? event.data.detail : null,
    accepted_at: 'acceptedAt' in data ? data.acceptedAt : null,
    sent_at: unsent.has(event.type) ? null : data.at,
    failed_at: event.type === 'message.failed' ? data.at : null,
    cancelled_at: event.type === 'message.cancelled' ? data.at : null,
    expired_at: event.type === 'message.expired' ? data.at : null,
    state: firstState[event.type],
    delivered_at: null,
    read_at: null,
    played_at: null,
    stream_seq: seq,
  }
}

/** Events that do not say that WhatsApp has the message. */
const unsent = new Set<MessageEvent['type']>([
  'message.failed',
  'message.unconfirmed',
  'message.cancelled',
  'message.expired',
])

const firstState = {
  'message.sent': 'sent',
  'message.unconfirmed': 'unknown',
  'message.failed': 'failed',
  'message.cancelled': 'cancelled',
  'message.expired': 'expired',
  'message.received': 'received',
  'message.echoed': 'sent',
} as const satisfies Record<MessageEvent['type'], MessageRowState>

function receipt(event: ReceiptEvent): Progress {
  const { at } = event.data
  switch (event.type) {
    case 'message.delivered':
      return { state: 'delivered', delivered_at: at, read_at: null, played_at: null }
    case 'message.read':
      return { state: 'read', delivered_at: null, read_at: at, played_at: null }
    case 'message.played':
      return { state: 'played', delivered_at: null, read_at: null, played_at: at }
  }
}

/** The higher state, and the first time of each step. */
function forward(before: Progress, told: Progress): Progress {
  return {
    state: before.state !== 'received' && rank(told.state) > rank(before.state) ? told.state : before.state,
    delivered_at: before.delivered_at ?? told.delivered_at,
    read_at: before.read_at ?? told.read_at,
    played_at: before.played_at ?? told.played_at,
  }
}

/** A second event that carries the message, such as `sent` after `unconfirmed`. */
function moveOn(before: MessageRow, row: MessageRow): MessageRow {
  return {
    ...row,
    ...forward(before, row),
    error_code: before.error_code ?? row.error_code,
    error_detail: before.error_detail ?? row.error_detail,
    sent_at: before.sent_at ?? row.sent_at,
    failed_at: before.failed_at ?? row.failed_at,
    cancelled_at: before.cancelled_at ?? row.cancelled_at,
    expired_at: before.expired_at ?? row.expired_at,
  }
}
