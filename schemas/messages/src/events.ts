// What happened. Published only from a session's log, so an event is never a hope. Each type says when it is emitted.
import { z } from 'zod'
import { content, envelopeFields, mode, party } from './envelope.ts'
import { parseJson } from './parse.ts'

const event = <Type extends string, Data extends z.ZodType>(type: Type, data: Data) =>
  z.object({
    ...envelopeFields,
    type: z.literal(type),
    /** Position among this session's events, from 1, without gaps: a consumer can see a repeat or a hole. */
    sequence: z.number().int().positive(),
    data,
  })

const at = z.iso.datetime()

/** Why a session stopped for good, until somebody acts. */
export const closeReasons = [
  'logged_out',
  'replaced',
  'banned',
  'outdated',
  'qr_timeout',
  'multidevice_mismatch',
] as const
export const closeReason = z.enum(closeReasons)
export type CloseReason = z.infer<typeof closeReason>

/** Why a session is left alone for a while, to connect again by itself: nothing is lost, what it has to send waits. */
export const quarantineReasons = ['replaced', 'stream_errors', 'temporarily_banned', 'outdated', 'crash_loop'] as const
export const quarantineReason = z.enum(quarantineReasons)
export type QuarantineReason = z.infer<typeof quarantineReason>

/** What WhatsApp may forbid an account for a while; both concern only people it has never written to. */
export const restrictionKinds = ['time_lock', 'new_chat_cap'] as const
export const restrictionKind = z.enum(restrictionKinds)
export type RestrictionKind = z.infer<typeof restrictionKind>

/**
 * On each of these events, from the session's change of owner while it was linked until it is connected again or closed. `since`: when it was last known to be hosted,
 * as its log tells (`handed_over`: the owner let go in order) or the leases and records of workers (`lost`: it did not).
 */
export const takeover = z.object({ since: at, cause: z.enum(['handed_over', 'lost']) })
export type Takeover = z.infer<typeof takeover>
const absence = {
  takeover: takeover.optional(),
  /** Until this event the session's proxy let nothing through, since then. */
  proxyFailedSince: at.optional(),
}

/** A worker took the session up for the first time. */
export const sessionCreated = event('session.created', z.object({ mode, name: z.string().optional(), at }))
/** A QR string can be fetched and scanned until `expiresAt`. The string is a credential and is not here. */
export const sessionQrIssued = event('session.qr_issued', z.object({ expiresAt: at, at }))
/** A pairing code can be fetched and entered until `expiresAt`. The code is a credential and is not here. */
export const sessionCodeIssued = event('session.code_issued', z.object({ expiresAt: at, at }))
/** A phone scanned the QR string or was told the code: the account is known. */
export const sessionPaired = event('session.paired', z.object({ account: party, at }))
/** Logged in at WhatsApp: messages flow. */
export const sessionConnected = event('session.connected', z.object({ account: party, ...absence, at }))
/** The socket closed and will be opened again; `code` is WhatsApp's or ours from the disconnect table. */
export const sessionDisconnected = event(
  'session.disconnected',
  z.object({ code: z.number().int(), reason: z.string(), at }),
)
/**
 * The connection failed in a way that trying again at once would make worse: the next attempt is at `until`. `code` is 0 when it
 * was not WhatsApp that failed.
 */
export const sessionQuarantined = event(
  'session.quarantined',
  z.object({ reason: quarantineReason, code: z.number().int(), until: at, ...absence, at }),
)
/** WhatsApp lets the account write only to people it has written to before; messages to others wait until then. */
export const sessionRestricted = event(
  'session.restricted',
  z.object({ restriction: restrictionKind, detail: z.string(), until: at, at }),
)
/** WhatsApp took the restriction back before its time. */
export const sessionUnrestricted = event('session.unrestricted', z.object({ restriction: restrictionKind, at }))
/** The session ended and needs a person: a new scan, or attention at the phone. `requested`: somebody asked for the logout. */
export const sessionClosed = event(
  'session.closed',
  z.object({ reason: closeReason, requested: z.literal(true).optional(), ...absence, at }),
)
/** The session and its keys are gone; its id is never used again. */
export const sessionDeleted = event('session.deleted', z.object({ at }))

const outbound = {
  messageId: z.string(),
  chat: party,
  content,
  acceptedAt: at,
}

/** WhatsApp's server acknowledged the message. */
export const messageSent = event('message.sent', z.object({ ...outbound, waMessageId: z.string(), at }))
/** The message will not be sent. `code` is from a closed list (docs/problems), `detail` is for the customer. */
export const messageFailed = event(
  'message.failed',
  z.object({ ...outbound, waMessageId: z.string().optional(), code: z.string(), detail: z.string(), at }),
)
/** It may or may not have been sent: the acknowledgement was lost for too long to send it again. State `unknown`. */
export const messageUnconfirmed = event('message.unconfirmed', z.object({ ...outbound, waMessageId: z.string(), at }))
/** It waited, somebody cancelled it, and it will not be sent. */
export const messageCancelled = event('message.cancelled', z.object({ ...outbound, at }))
/** It waited until `expiresAt` and will not be sent. */
export const messageExpired = event('message.expired', z.object({ ...outbound, expiresAt: at, at }))

const receipt = {
  /** Absent when the message was not sent through Wagate. */
  messageId: z.string().optional(),
  waMessageId: z.string(),
  chat: party,
  at,
}
/** The recipient's phone has it. */
export const messageDelivered = event('message.delivered', z.object(receipt))
/** The recipient opened the chat. */
export const messageRead = event('message.read', z.object(receipt))
/** The recipient played the voice note or viewed the view-once media. */
export const messagePlayed = event('message.played', z.object(receipt))

const seen = {
  messageId: z.string(),
  waMessageId: z.string(),
  chat: party,
  content,
  /** When WhatsApp took it from its sender. */
  at,
}
/** Somebody wrote to this account. */
export const messageReceived = event(
  'message.received',
  z.object({ ...seen, from: party, pushName: z.string().optional() }),
)
/** The account's own phone, or another of its linked devices, wrote to somebody. */
export const messageEchoed = event('message.echoed', z.object(seen))

/** Somebody calls this account. Told when WhatsApp tells; a call that was made while nobody was connected comes late. */
export const callOffered = event(
  'call.offered',
  z.object({
    /** WhatsApp's id of the call. */
    callId: z.string(),
    from: party,
    media: z.enum(['audio', 'video']),
    /** The group that is called; absent for a call to this account alone. */
    group: z.string().optional(),
    /** When it was offered. */
    at,
  }),
)

export const anyEvent = z.discriminatedUnion('type', [
  sessionCreated,
  sessionQrIssued,
  sessionCodeIssued,
  sessionPaired,
  sessionConnected,
  sessionDisconnected,
  sessionQuarantined,
  sessionRestricted,
  sessionUnrestricted,
  sessionClosed,
  sessionDeleted,
  messageSent,
  messageFailed,
  messageUnconfirmed,
  messageCancelled,
  messageExpired,
  messageDelivered,
  messageRead,
  messagePlayed,
  messageReceived,
  messageEchoed,
  callOffered,
])
export type Event = z.infer<typeof anyEvent>
export type EventType = Event['type']
export type EventOf<Type extends EventType> = Extract<Event, { type: Type }>

export const eventTypes: readonly EventType[] = anyEvent.options.map((option) => option.shape.type.value)

/** Parses the bytes of an event; `reason` names fields, never values. */
export function parseEvent(bytes: Uint8Array): { ok: true; event: Event } | { ok: false; reason: string } {
  return parseJson(bytes, anyEvent, (value) => ({ ok: true, event: value }))
}

/** States of an outbound message in order; a projection never moves to a lower rank. The last three are ends. */
export const messageStates = [
  'accepted',
  'queued',
  'sending',
  'unknown',
  'sent',
  'delivered',
  'read',
  'played',
  'failed',
  'cancelled',
  'expired',
] as const
export type MessageState = (typeof messageStates)[number]
