// Message events → chats. WhatsApp names a person by phone number, by LID, or by both. A LID is a person, for good; a phone
// number moves with its person, or to another one. So where two rows turn out to be one person, the older id stays.
import { createHash } from 'node:crypto'
import type { Party } from '@wagate/messages/envelope.ts'
import type { Event, EventOf } from '@wagate/messages/events.ts'
import { makeId } from '@wagate/messages/ids.ts'
import type { StoredEvent } from '../stored-event.ts'

/** A row of `chat_view`; times are ISO strings. */
export type ChatRow = {
  tenant_id: string
  chat_id: string
  session_id: string
  mode: 'test' | 'live'
  phone: string | null
  lid: string | null
  name: string | null
  last_message_id: string
  last_message_at: string
  unread_count: number
  created_at: string
  first_stream_seq: number
  stream_seq: number
}

/** The chats that a batch concerns: what the database has, then what the events make of it. */
export type Chats = {
  byId: Map<string, ChatRow>
  /** `<tenant>|<session>|<phone or lid>` → chat id */
  byName: Map<string, string>
  changed: Set<string>
  /** Chats that went into another one, by the id that is gone. */
  merged: Map<string, MergedChat>
}

export type MergedChat = { tenant_id: string; gone_id: string; kept_id: string }

export type MessageEvent = EventOf<
  | 'message.sent'
  | 'message.failed'
  | 'message.unconfirmed'
  | 'message.cancelled'
  | 'message.expired'
  | 'message.received'
  | 'message.echoed'
>
export type ReceiptEvent = EventOf<'message.delivered' | 'message.read' | 'message.played'>

export const nameKey = (event: Pick<Event, 'tenantId' | 'sessionId'>, name: string): string =>
  `${event.tenantId}|${event.sessionId}|${name}`

export function openChats(rows: ChatRow[]): Chats {
  const chats: Chats = { byId: new Map(), byName: new Map(), changed: new Set(), merged: new Map() }
  for (const row of rows) put(chats, row)
  return chats
}

/** Folds a message into its chat, making the chat if it is new, and returns the chat's id. */
export function projectMessage(chats: Chats, { seq, event }: StoredEvent<MessageEvent>, mode: ChatRow['mode']): string {
  const found = findChat(chats, event, event.data.chat)
  const row = withMessage(found ?? newChat(seq, event, mode), event)
  return update(chats, { ...row, ...named(row, event.data.chat), stream_seq: seq })
}

/** A receipt changes no chat, but it may know both names of one. */
export function projectReceipt(chats: Chats, { seq, event }: StoredEvent<ReceiptEvent>): void {
  const { phone, lid } = event.data.chat
  if (!phone || !lid) return
  const row = findChat(chats, event, event.data.chat)
  if (row && (row.phone !== phone || row.lid !== lid)) update(chats, { ...row, phone, lid, stream_seq: seq })
}

/** Where a chat id leads after the merges of the batch. */
export function currentChatId(chats: Chats, chatId: string): string {
  let id = chatId
  for (let next = chats.merged.get(id); next; next = chats.merged.get(id)) id = next.kept_id
  return id
}

/** The row of that party: by LID, else by phone number unless that row belongs to another LID. Merges when both exist. */
function findChat(chats: Chats, event: Event, party: Party): ChatRow | undefined {
  const byLid = party.lid === undefined ? undefined : lookUp(chats, event, party.lid)
  const byPhone = party.phone === undefined ? undefined : lookUp(chats, event, party.phone)
  if (!byLid || !byPhone || byLid === byPhone) {
    if (byLid) return byLid
    return byPhone?.lid && party.lid && byPhone.lid !== party.lid ? undefined : byPhone
  }
  return byPhone.lid === null ? merge(chats, byLid, byPhone) : byLid
}

const lookUp = (chats: Chats, event: Event, name: string): ChatRow | undefined =>
  chats.byId.get(chats.byName.get(nameKey(event, name)) ?? '')

function merge(chats: Chats, one: ChatRow, other: ChatRow): ChatRow {
  const [kept, gone] = one.chat_id < other.chat_id ? [one, other] : [other, one]
  const latest = isLater(gone.last_message_at, kept.last_message_at) ? gone : kept
  chats.byId.delete(gone.chat_id)
  chats.changed.delete(gone.chat_id)
  chats.merged.set(gone.chat_id, { tenant_id: gone.tenant_id, gone_id: gone.chat_id, kept_id: kept.chat_id })
  return {
    ...kept,
    name: latest.name ?? kept.name ?? gone.name,
    last_message_id: latest.last_message_id,
    last_message_at: latest.last_message_at,
    unread_count: kept.unread_count + gone.unread_count,
    first_stream_seq: Math.min(kept.first_stream_seq, gone.first_stream_seq),
  }
}

/** The id comes from the first message's time and the party's name, so that a rebuild finds the same id. */
function newChat(seq: number, event: MessageEvent, mode: ChatRow['mode']): ChatRow {
  const name = event.data.chat.lid ?? event.data.chat.phone
  if (name === undefined) throw new Error('data.chat: neither phone nor lid')
  const hash = createHash('sha256').update(`${event.sessionId}|${name}`).digest()
  return {
    tenant_id: event.tenantId,
    chat_id: makeId('chat', Date.parse(event.time), hash),
    session_id: event.sessionId,
    mode,
    phone: null,
    lid: null,
    name: null,
    last_message_id: event.data.messageId,
    last_message_at: event.data.at,
    unread_count: 0,
    created_at: event.time,
    first_stream_seq: seq,
    stream_seq: 0,
  }
}

function withMessage(row: ChatRow, event: MessageEvent): ChatRow {
  const latest = isLater(row.last_message_at, event.data.at)
    ? {}
    : { last_message_id: event.data.messageId, last_message_at: event.data.at }
  switch (event.type) {
    case 'message.received':
      return { ...row, ...latest, unread_count: row.unread_count + 1, name: event.data.pushName ?? row.name }
    case 'message.sent':
    case 'message.echoed': // whoever writes in a chat has seen it
      return { ...row, ...latest, unread_count: 0 }
    default:
      return { ...row, ...latest }
  }
}

const named = (row: ChatRow, party: Party) => ({ phone: party.phone ?? row.phone, lid: party.lid ?? row.lid })

/** Writes the row into the batch. A phone number that another LID's row still has is taken from it. */
function update(chats: Chats, row: ChatRow): string {
  const rival = row.phone === null ? undefined : lookUpName(chats, row, row.phone)
  if (rival && rival.chat_id !== row.chat_id) {
    chats.byId.set(rival.chat_id, { ...rival, phone: null, stream_seq: row.stream_seq })
    chats.changed.add(rival.chat_id)
  }
  put(chats, row)
  chats.changed.add(row.chat_id)
  return row.chat_id
}

const lookUpName = (chats: Chats, row: ChatRow, name: string): ChatRow | undefined =>
  chats.byId.get(chats.byName.get(nameKey({ tenantId: row.tenant_id, sessionId: row.session_id }, name)) ?? '')

function put(chats: Chats, row: ChatRow): void {
  const before = chats.byId.get(row.chat_id)
  const key = (name: string) => nameKey({ tenantId: row.tenant_id, sessionId: row.session_id }, name)
  if (before?.phone && before.phone !== row.phone && chats.byName.get(key(before.phone)) === row.chat_id)
    chats.byName.delete(key(before.phone))
  chats.byId.set(row.chat_id, row)
  if (row.phone) chats.byName.set(key(row.phone), row.chat_id)
  if (row.lid) chats.byName.set(key(row.lid), row.chat_id)
}

const isLater = (one: string, other: string): boolean => Date.parse(one) > Date.parse(other)
