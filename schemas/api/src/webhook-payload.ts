// What a webhook's body and the event stream hold: an event in the API's words. Fields are only ever added.

import type { Content, Party } from '@wagate/messages/envelope.ts'
import type { Event, EventOf, EventType } from '@wagate/messages/events.ts'
import { closeReason, quarantineReason, restrictionKind } from '@wagate/messages/events.ts'
import { z } from 'zod'
import { type ApiParty, mode, party, timestamp } from './party.ts'

const text = z.object({ body: z.string() }).optional()
const unsupported = z.object({ kind: z.string() }).optional()
/** As in the message object: the member named by `type` holds the content. */
const content = { type: z.enum(['text', 'unsupported']), text, unsupported }

const outbound = {
  message_id: z.string(),
  wa_message_id: z.string().nullable(),
  chat: party,
  ...content,
  accepted_at: timestamp,
  at: timestamp,
}
const receipt = z.object({
  message_id: z.string().nullable().meta({ description: 'Null when it was not sent through this API.' }),
  wa_message_id: z.string(),
  chat: party,
  at: timestamp,
})
const linked = z.object({ account: party, at: timestamp })

/** `data` by event type. */
const data = {
  'session.created': z.object({ mode, name: z.string().nullable(), at: timestamp }),
  'session.qr_issued': z.object({ expires_at: timestamp, at: timestamp }),
  'session.code_issued': z.object({ expires_at: timestamp, at: timestamp }),
  'session.paired': linked,
  'session.connected': linked,
  'session.disconnected': z.object({ code: z.int(), reason: z.string(), at: timestamp }),
  'session.quarantined': z.object({ reason: quarantineReason, code: z.int(), until: timestamp, at: timestamp }),
  'session.restricted': z.object({
    restriction: restrictionKind,
    detail: z.string(),
    until: timestamp,
    at: timestamp,
  }),
  'session.unrestricted': z.object({ restriction: restrictionKind, at: timestamp }),
  'session.closed': z.object({ reason: closeReason, at: timestamp }),
  'session.deleted': z.object({ at: timestamp }),
  'message.sent': z.object(outbound),
  'message.failed': z.object({ ...outbound, error: z.object({ code: z.string(), detail: z.string() }) }),
  'message.unconfirmed': z.object(outbound),
  'message.cancelled': z.object(outbound),
  'message.expired': z.object({ ...outbound, expires_at: timestamp }),
  'message.delivered': receipt,
  'message.read': receipt,
  'message.played': receipt,
  'message.received': z.object({
    message_id: z.string(),
    wa_message_id: z.string(),
    chat: party,
    from: party,
    push_name: z.string().nullable(),
    ...content,
    at: timestamp,
  }),
  'message.echoed': z.object({
    message_id: z.string(),
    wa_message_id: z.string(),
    chat: party,
    ...content,
    at: timestamp,
  }),
  'call.offered': z.object({
    call_id: z.string(),
    from: party,
    media: z.enum(['audio', 'video']),
    group: z.string().nullable(),
    at: timestamp,
  }),
} satisfies Record<EventType, z.ZodType>

const payload = <Type extends EventType>(type: Type) =>
  z.object({
    type: z.literal(type),
    timestamp: timestamp.meta({ description: 'When the event was made.' }),
    data: data[type],
    id: z.string().meta({ description: 'The same in every attempt: use it to drop repeats.' }),
    tenant_id: z.string(),
    session_id: z.string(),
    sequence: z.int().meta({ description: 'Position among the events of this session, from 1, without gaps.' }),
  })

export const webhookPayload = z
  .discriminatedUnion('type', [
    payload('session.created'),
    payload('session.qr_issued'),
    payload('session.code_issued'),
    payload('session.paired'),
    payload('session.connected'),
    payload('session.disconnected'),
    payload('session.quarantined'),
    payload('session.restricted'),
    payload('session.unrestricted'),
    payload('session.closed'),
    payload('session.deleted'),
    payload('message.sent'),
    payload('message.failed'),
    payload('message.unconfirmed'),
    payload('message.cancelled'),
    payload('message.expired'),
    payload('message.delivered'),
    payload('message.read'),
    payload('message.played'),
    payload('message.received'),
    payload('message.echoed'),
    payload('call.offered'),
  ])
  .meta({ id: 'Event' })
export type WebhookPayload = z.infer<typeof webhookPayload>

/** The type of a test; no event of a session has it, so that it is in no stream. */
export const webhookTest = 'webhook.test'

/** What an endpoint gets that is tested: as an event, but of no session. */
export const webhookTestPayload = z
  .object({
    type: z.literal(webhookTest),
    timestamp,
    data: z.object({ message: z.string(), at: timestamp }),
    id: z.string(),
    tenant_id: z.string(),
    session_id: z.null(),
    sequence: z.null(),
  })
  .meta({ id: 'WebhookTest' })

export const toTestPayload = (test: { id: string; tenantId: string; at: string }) => ({
  type: webhookTest,
  timestamp: test.at,
  data: { message: 'This is a test of your endpoint: answer with a status from 200 to 299.', at: test.at },
  id: test.id,
  tenant_id: test.tenantId,
  session_id: null,
  sequence: null,
})

/** The event in the API's words, in the order of the fields that Standard Webhooks names first. */
export function toWebhookPayload(event: Event) {
  return {
    type: event.type,
    timestamp: event.time,
    data: toData(event),
    id: event.id,
    tenant_id: event.tenantId,
    session_id: event.sessionId,
    sequence: event.sequence,
  }
}

function toData(event: Event) {
  switch (event.type) {
    case 'session.created':
      return { mode: event.data.mode, name: event.data.name ?? null, at: event.data.at }
    case 'session.qr_issued':
    case 'session.code_issued':
      return { expires_at: event.data.expiresAt, at: event.data.at }
    case 'session.paired':
    case 'session.connected':
      return { account: toParty(event.data.account), at: event.data.at }
    case 'session.disconnected':
      return { code: event.data.code, reason: event.data.reason, at: event.data.at }
    case 'session.quarantined': {
      const { reason, code, until, at } = event.data
      return { reason, code, until, at }
    }
    case 'session.restricted': {
      const { restriction, detail, until, at } = event.data
      return { restriction, detail, until, at }
    }
    case 'session.unrestricted':
      return { restriction: event.data.restriction, at: event.data.at }
    case 'session.closed':
      return { reason: event.data.reason, at: event.data.at }
    case 'session.deleted':
      return { at: event.data.at }
    case 'message.sent':
    case 'message.unconfirmed':
      return toOutbound(event.data, event.data.waMessageId)
    case 'message.failed': {
      const { waMessageId, code, detail } = event.data
      return { ...toOutbound(event.data, waMessageId), error: { code, detail } }
    }
    case 'message.cancelled':
      return toOutbound(event.data, undefined)
    case 'message.expired':
      return { ...toOutbound(event.data, undefined), expires_at: event.data.expiresAt }
    case 'message.delivered':
    case 'message.read':
    case 'message.played': {
      const { messageId, waMessageId, chat, at } = event.data
      return { message_id: messageId ?? null, wa_message_id: waMessageId, chat: toParty(chat), at }
    }
    case 'message.received':
      return { ...toSeen(event.data), from: toParty(event.data.from), push_name: event.data.pushName ?? null }
    case 'message.echoed':
      return toSeen(event.data)
    case 'call.offered': {
      const { callId, from, media, group, at } = event.data
      return { call_id: callId, from: toParty(from), media, group: group ?? null, at }
    }
  }
}

const toParty = (known: Party): ApiParty => ({ phone: known.phone ?? null, lid: known.lid ?? null })

const toContent = (known: Content) =>
  known.type === 'text'
    ? { type: known.type, text: { body: known.text.body } }
    : { type: known.type, unsupported: { kind: known.unsupported.kind } }

const toOutbound = (
  known: Pick<EventOf<'message.sent'>['data'], 'messageId' | 'chat' | 'content' | 'acceptedAt' | 'at'>,
  waMessageId: string | undefined,
) => ({
  message_id: known.messageId,
  wa_message_id: waMessageId ?? null,
  chat: toParty(known.chat),
  ...toContent(known.content),
  accepted_at: known.acceptedAt,
  at: known.at,
})

const toSeen = (known: EventOf<'message.echoed'>['data']) => ({
  message_id: known.messageId,
  wa_message_id: known.waMessageId,
  chat: toParty(known.chat),
  ...toContent(known.content),
  at: known.at,
})
