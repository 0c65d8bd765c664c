// Everything that a session's owner knows, rebuilt by folding the log. `apply` changes the memory in place, since it runs
// for every message, and returns the events that the record amounts to: the same on every replay, so that the next owner
// can publish what the last one did not.

import { createHash } from 'node:crypto'
import type { Party } from '@wagate/messages/envelope.ts'
import type { CloseReason, EventOf, EventType } from '@wagate/messages/events.ts'
import { eventId, makeId } from '@wagate/messages/ids.ts'
import { bytesOf } from '../message/outbox.ts'
import { accountOf } from '../session/jid.ts'
import { BoundedMap } from './bounded-map.ts'
import { callEvents } from './calls.ts'
import { type Chats, chatsOf, noChats, noteHeard, noteRefused, noteWritten } from './chats.ts'
import { type Codes, foldCodes, noCodes } from './codes.ts'
import { type Crashes, foldCrashes, noCrashes } from './crashes.ts'
import { foldGap, type Gap } from './gap.ts'
import { chatOf, outbound } from './outbound.ts'
import { PackedKeys } from './packed-keys.ts'
import { noteTold, type Reached, receiptEvents } from './receipts.ts'
import type { InboundMessage, LogRecord, QueuedMessage } from './records.ts'
import { foldStanding, freshStanding, type Standing } from './standing.ts'
import { foldCancelled, foldExpired, foldQueued } from './waiting.ts'

/** An event before it has an envelope. */
export type Fact = { [Type in EventType]: { type: Type; data: EventOf<Type>['data'] } }[EventType]

export type LoggedEvent = Fact & { id: string; sequence: number; correlationId?: string }

export type Intent = { message: QueuedMessage; waMessageId: string; at: string }

export type SentMessage = {
  messageId: string
  message: QueuedMessage
  /** What its recipient's receipts have told. */
  told?: Reached[]
}

/** WhatsApp lets the account begin no chat. */
const refusedNewChat = 'whatsapp-463'

/** Bounds per session: what falls out is no longer answered from memory, never lost from the log. */
const bounds = { inbox: 512, sent: 1_000, seenCommands: 20_000, cancelled: 1_000 }
/** Texts can be long; one of 64 KiB weighs as much as a hundred usual ones. */
const byteBounds = { inbox: 256 * 1024, sent: 512 * 1024 }

export type Memory = {
  tenantId: string
  sessionId: string
  epoch: number
  /** Of the last event made. */
  sequence: number
  keys: PackedKeys
  /** Credentials as Baileys' own JSON, as it last had them; absent before the first socket and after an unlinking. */
  creds: Uint8Array | undefined
  created: boolean
  deleted: boolean
  linked: boolean
  /** Why it ended, until somebody links it again. */
  closed: CloseReason | undefined
  account: Party
  /** How the account stands with WhatsApp. */
  standing: Standing
  /** Who waits for a pairing code, and how many were asked for. */
  codes: Codes
  /** How its owners ended lately. */
  crashes: Crashes
  /** Since when it has had no connection because its owner changed. */
  gap: Gap
  /** The account is to be unlinked as soon as there is a connection. */
  logoutRequested: boolean
  /** Accepted and not yet begun, in order of acceptance. */
  queue: Map<string, QueuedMessage>
  /** Begun and not acknowledged, by WhatsApp message id. */
  unacknowledged: Map<string, Intent>
  sent: BoundedMap<string, SentMessage>
  /** Command id → when; a command that comes again is acknowledged and does nothing. */
  seenCommands: BoundedMap<string, string>
  /** Command ids of messages that were cancelled before they came. */
  cancelled: BoundedMap<string, true>
  chats: Chats
  /** Ciphertext hash → plaintext, for stanzas that WhatsApp delivers again. */
  inbox: BoundedMap<string, Uint8Array>
}

export const emptyMemory = (tenantId: string, sessionId: string): Memory => ({
  tenantId,
  sessionId,
  epoch: 0,
  sequence: 0,
  keys: new PackedKeys(),
  creds: undefined,
  created: false,
  deleted: false,
  linked: false,
  closed: undefined,
  account: {},
  standing: freshStanding(),
  codes: noCodes(),
  crashes: noCrashes(),
  gap: undefined,
  logoutRequested: false,
  queue: new Map(),
  unacknowledged: new Map(),
  sent: new BoundedMap(bounds.sent, { bytes: byteBounds.sent, of: ({ message }) => bytesOf(message) }),
  seenCommands: new BoundedMap(bounds.seenCommands),
  cancelled: new BoundedMap(bounds.cancelled),
  chats: noChats(),
  inbox: new BoundedMap(bounds.inbox, { bytes: byteBounds.inbox, of: ({ length }) => length }),
})

/** Folds one record into the memory and numbers the events that it makes. */
export function apply(memory: Memory, record: LogRecord): LoggedEvent[] {
  return fold(memory, record).map(({ fact, correlationId }) => {
    memory.sequence += 1
    const numbered = { ...fact, id: eventId(memory.sessionId, memory.sequence), sequence: memory.sequence }
    return correlationId ? { ...numbered, correlationId } : numbered
  })
}

export type Outcome = { fact: Fact; correlationId?: string | undefined }

function fold(memory: Memory, record: LogRecord): Outcome[] {
  memory.standing = foldStanding(memory.standing, record)
  memory.codes = foldCodes(memory.codes, record)
  memory.crashes = foldCrashes(memory.crashes, record)
  memory.gap = foldGap(memory.gap, record, memory)
  switch (record.kind) {
    case 'CLAIM':
      memory.epoch = record.epoch
      return []
    case 'KEYS':
      return foldKeys(memory, record)
    case 'RESET':
      memory.keys.clear()
      memory.creds = undefined
      memory.linked = false
      memory.account = {}
      memory.logoutRequested = false
      return []
    case 'SNAPSHOT':
      return []
    case 'LOGOUT':
      memory.logoutRequested = true
      return []
    case 'STANZA':
      return [...foldReceipt(memory, record), ...callEvents(memory, record.stanza, record.at).map((fact) => ({ fact }))]
    case 'QUEUED':
      return foldQueued(memory, record)
    case 'CANCELLED':
      return foldCancelled(memory, record)
    case 'EXPIRED':
      return foldExpired(memory, record)
    case 'INTENT':
      return foldIntent(memory, record)
    case 'ACKED':
      return acknowledge(memory, record.waMessageId, record.at)
    case 'UNCONFIRMED':
      return settle(memory, record.waMessageId, (message) => ({
        type: 'message.unconfirmed',
        data: { ...outbound(memory, message), waMessageId: record.waMessageId, at: record.at },
      }))
    case 'FAILED':
      return foldFailed(memory, record)
    case 'BEGUN':
    case 'LEFT':
    case 'FAILURE':
    case 'RELEASE':
    case 'CODE_WISHED':
    case 'CODE_REQUESTED':
    case 'CODE_REFUSED':
      return []
    case 'LIFECYCLE':
      return foldLifecycle(memory, record.lifecycle)
  }
}

function foldKeys(memory: Memory, record: Extract<LogRecord, { kind: 'KEYS' }>): Outcome[] {
  memory.keys.apply(record.mutations)
  if (record.creds) {
    memory.creds = new Uint8Array(record.creds) // a copy: in a replay it is a part of a whole batch
    memory.account = accountOf(JSON.parse(Buffer.from(record.creds).toString())) ?? memory.account
  }
  const events: Outcome[] = []
  for (const entry of record.inbox ?? []) {
    if (memory.inbox.has(entry.hash)) continue
    memory.inbox.set(entry.hash, new Uint8Array(entry.plaintext)) // a copy, as above
    if (!entry.message) continue
    noteHeard(memory.chats, entry.message.chat)
    events.push({ fact: inboundFact(memory.sessionId, entry.message) })
  }
  return events
}

function inboundFact(sessionId: string, inbound: InboundMessage): Fact {
  const { waMessageId, chat, from, fromMe, content, pushName, at } = inbound
  const messageId = inboundMessageId(sessionId, inbound)
  if (fromMe) return { type: 'message.echoed', data: { messageId, waMessageId, chat, content, at } }
  return {
    type: 'message.received',
    data: { messageId, waMessageId, chat, content, at, from, ...(pushName ? { pushName } : {}) },
  }
}

/** Derived from what identifies the message at WhatsApp: the id of a message is the same for every owner and every replay. */
function inboundMessageId(sessionId: string, { waMessageId, chat, fromMe, at }: InboundMessage): string {
  const identity = createHash('sha256')
    .update(`${sessionId}|${chat.lid ?? chat.phone}|${fromMe}|${waMessageId}`)
    .digest()
  return makeId('message', Date.parse(at), identity)
}

function foldIntent(memory: Memory, { commandId, waMessageId, at }: Extract<LogRecord, { kind: 'INTENT' }>): Outcome[] {
  const message = memory.queue.get(commandId)
  if (!message) return []
  memory.queue.delete(commandId)
  memory.unacknowledged.set(waMessageId, { message, waMessageId, at })
  memory.sent.set(waMessageId, { messageId: message.messageId, message })
  noteWritten(memory.chats, chatOf(memory, message.to), at)
  return []
}

const acknowledge = (memory: Memory, waMessageId: string, at: string): Outcome[] =>
  settle(memory, waMessageId, (message) => ({
    type: 'message.sent',
    data: { ...outbound(memory, message), waMessageId, at },
  }))

/** Who has a message proves that it was sent: after a crash the receipt may come before the acknowledgement of a resend. */
function foldReceipt(memory: Memory, { stanza, at }: Extract<LogRecord, { kind: 'STANZA' }>): Outcome[] {
  const receipts = receiptEvents(memory, stanza, at)
  if (receipts.length > 0) noteTold(memory, stanza)
  return receipts.flatMap((fact) => [...acknowledge(memory, fact.data.waMessageId, at), { fact }])
}

function settle(memory: Memory, waMessageId: string, fact: (message: QueuedMessage) => Fact): Outcome[] {
  const intent = memory.unacknowledged.get(waMessageId)
  if (!intent) return []
  memory.unacknowledged.delete(waMessageId)
  return [{ fact: fact(intent.message), correlationId: intent.message.correlationId }]
}

function foldFailed(memory: Memory, record: Extract<LogRecord, { kind: 'FAILED' }>): Outcome[] {
  const { commandId, waMessageId, code, detail, at } = record
  const intent = waMessageId ? memory.unacknowledged.get(waMessageId) : undefined
  const message = intent?.message ?? memory.queue.get(commandId) ?? record.message
  if (!message) return []
  if (record.message) {
    memory.seenCommands.set(commandId, at)
    memory.cancelled.delete(commandId)
  }
  memory.queue.delete(commandId)
  if (waMessageId) memory.unacknowledged.delete(waMessageId)
  if (code === refusedNewChat) noteRefused(memory.chats, chatOf(memory, message.to))
  const data = { ...outbound(memory, message), ...(waMessageId ? { waMessageId } : {}), code, detail, at }
  return [{ fact: { type: 'message.failed', data }, correlationId: message.correlationId }]
}

function foldLifecycle(memory: Memory, lifecycle: Extract<LogRecord, { kind: 'LIFECYCLE' }>['lifecycle']): Outcome[] {
  if (lifecycle.type === 'session.created') memory.created = true
  if (lifecycle.type === 'session.paired' || lifecycle.type === 'session.connected') {
    memory.linked = true
    memory.closed = undefined
    memory.account = lifecycle.data.account
    memory.chats = chatsOf(memory.chats, memory.account)
  }
  if (lifecycle.type === 'session.qr_issued') memory.closed = undefined
  if (lifecycle.type === 'session.closed') memory.closed = lifecycle.data.reason
  if (lifecycle.type === 'session.deleted') memory.deleted = true
  return [{ fact: lifecycle }]
}
