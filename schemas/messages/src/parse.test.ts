import { expect, test } from 'vitest'
import { maxTextLength, parseCommand } from './commands.ts'
import { closeReasons, eventTypes, messageStates, parseEvent } from './events.ts'

const bytes = (value: unknown) => new TextEncoder().encode(typeof value === 'string' ? value : JSON.stringify(value))

const send = {
  id: 'cmd_01KAGKA3C0H9E2AEQ7GG5VHP8X',
  type: 'message.send',
  source: 'gateway',
  time: '2026-11-20T09:31:00.000Z',
  tenantId: 'ten_1',
  sessionId: 'ses_1',
  data: {
    messageId: 'msg_01KAGKA3C0H9E2AEQ7GG5VHP8X',
    to: '+99915550199',
    content: { type: 'text', text: { body: 'the secret words' } },
    acceptedAt: '2026-11-20T09:31:00.000Z',
  },
}

test('fields that this version does not know are ignored', () => {
  const parsed = parseCommand(bytes({ ...send, traceparent: 'x', data: { ...send.data, quoted: 'y' } }))
  expect(parsed).toEqual({ ok: true, command: { ...send, data: { ...send.data, lane: 'normal' } } })
})

test('an unknown type is refused, so that its consumer can count it', () => {
  expect(parseCommand(bytes({ ...send, type: 'message.send_v2' }))).toEqual({
    ok: false,
    reason: 'type: invalid_union',
  })
  expect(parseEvent(bytes({ ...send, type: 'message.sent_v2' }))).toMatchObject({ ok: false })
})

test.each([
  ['nothing', ''],
  ['half of it', '{"id":'],
  ['no UTF-8', new Uint8Array([0xff, 0xfe])],
])('%s is not JSON', (_, input) => {
  expect(parseCommand(typeof input === 'string' ? bytes(input) : input)).toEqual({ ok: false, reason: 'not JSON' })
})

test.each([[null], [[]], [1], ['text'], [{}]])('%j is refused with a reason', (input) => {
  expect(parseCommand(bytes(JSON.stringify(input)))).toMatchObject({ ok: false, reason: expect.any(String) })
})

test('a reason names the fields and never quotes what was in them', () => {
  const parsed = parseCommand(
    bytes({
      ...send,
      tenantId: 'no token!',
      data: { ...send.data, to: 'alice@s.whatsapp.net', content: { type: 'poem' } },
    }),
  )
  if (parsed.ok) throw new Error('accepted')
  expect(parsed.reason).toContain('tenantId')
  expect(parsed.reason).toContain('data.to')
  expect(parsed.reason).not.toMatch(/alice|poem|token!|secret/)
})

test.each(['+99915550199', '+12345', '1234567890@lid'])('%s can be written to', (to) => {
  expect(parseCommand(bytes({ ...send, data: { ...send.data, to } })).ok).toBe(true)
})

test.each(['99915550199', '+0123456', '+1', '+', 'x@lid', '99915550199@s.whatsapp.net', '+9991555 0199', '@lid'])(
  '%s cannot be written to',
  (to) => {
    expect(parseCommand(bytes({ ...send, data: { ...send.data, to } })).ok).toBe(false)
  },
)

test('the longest text passes', () => {
  const content = { type: 'text', text: { body: 'x'.repeat(maxTextLength) } }
  expect(parseCommand(bytes({ ...send, data: { ...send.data, content } })).ok).toBe(true)
})

test('the unions are closed: a new member is a decision that shows here', () => {
  expect(eventTypes).toEqual([
    'session.created',
    'session.qr_issued',
    'session.code_issued',
    'session.paired',
    'session.connected',
    'session.disconnected',
    'session.quarantined',
    'session.restricted',
    'session.unrestricted',
    'session.closed',
    'session.deleted',
    'message.sent',
    'message.failed',
    'message.unconfirmed',
    'message.cancelled',
    'message.expired',
    'message.delivered',
    'message.read',
    'message.played',
    'message.received',
    'message.echoed',
    'call.offered',
  ])
  expect(closeReasons).toEqual(['logged_out', 'replaced', 'banned', 'outdated', 'qr_timeout', 'multidevice_mismatch'])
})

test('the states of a message rank from accepted to its end', () => {
  const rank = (state: (typeof messageStates)[number]) => messageStates.indexOf(state)
  expect(rank('accepted')).toBe(0)
  expect(rank('sent')).toBeGreaterThan(rank('unknown'))
  expect(rank('delivered')).toBeGreaterThan(rank('sent'))
  expect(rank('read')).toBeGreaterThan(rank('delivered'))
  expect(rank('played')).toBeGreaterThan(rank('read'))
})
