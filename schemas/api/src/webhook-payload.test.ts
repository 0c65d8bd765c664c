import { type Event, eventTypes, parseEvent } from '@wagate/messages/events.ts'
import { expect, test } from 'vitest'
import { toWebhookPayload, webhookPayload } from './webhook-payload.ts'

const at = '2026-11-20T10:00:00.000Z'
const party = { phone: '+999100200300' }
const text = { type: 'text', text: { body: 'hi' } }
const outbound = { messageId: 'msg_1', chat: party, content: text, acceptedAt: at, waMessageId: '3EB0', at }
const receipt = { messageId: 'msg_1', waMessageId: '3EB0', chat: party, at }
const data: Record<Event['type'], object> = {
  'session.created': { mode: 'test', at },
  'session.qr_issued': { expiresAt: at, at },
  'session.code_issued': { expiresAt: at, at },
  'session.paired': { account: party, at },
  'session.connected': { account: { ...party, lid: '12@lid' }, at },
  'session.disconnected': { code: 428, reason: 'closed', at },
  'session.quarantined': { reason: 'replaced', code: 440, until: at, at },
  'session.restricted': { restriction: 'time_lock', detail: 'WEB_COMPANION_ONLY', until: at, at },
  'session.unrestricted': { restriction: 'time_lock', at },
  'session.closed': { reason: 'logged_out', at },
  'session.deleted': { at },
  'message.sent': outbound,
  'message.failed': { ...outbound, code: 'not-on-whatsapp', detail: 'The number is not on WhatsApp.' },
  'message.unconfirmed': outbound,
  'message.cancelled': { ...outbound, waMessageId: undefined },
  'message.expired': { ...outbound, waMessageId: undefined, expiresAt: at },
  'message.delivered': receipt,
  'message.read': receipt,
  'message.played': { ...receipt, messageId: undefined },
  'message.received': { messageId: 'msg_2', waMessageId: '3A', chat: party, from: party, content: text, at },
  'call.offered': { callId: 'C1', from: party, media: 'video', at },
  'message.echoed': {
    messageId: 'msg_3',
    waMessageId: '3B',
    chat: party,
    content: { type: 'unsupported', unsupported: { kind: 'pollCreationMessage' } },
    at,
  },
}

function event(type: Event['type']): Event {
  const envelope = { id: 'evt_1', source: 'worker', time: at, tenantId: 'ten_1', sessionId: 'ses_1', sequence: 7 }
  const parsed = parseEvent(Buffer.from(JSON.stringify({ ...envelope, type, data: data[type] })))
  if (!parsed.ok) throw new Error(parsed.reason)
  return parsed.event
}

test.each(eventTypes)('%s has the documented body, and nothing besides', (type) => {
  const body = JSON.parse(JSON.stringify(toWebhookPayload(event(type))))
  expect(webhookPayload.parse(body)).toEqual(body)
})

test('both names of a party are in every payload, null when unknown', () => {
  expect(toWebhookPayload(event('message.sent')).data).toMatchObject({ chat: { phone: '+999100200300', lid: null } })
})

test('content is named by its type, as in the message object', () => {
  expect(toWebhookPayload(event('message.received')).data).toMatchObject({ type: 'text', text: { body: 'hi' } })
})
