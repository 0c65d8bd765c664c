import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apply, emptyMemory } from './memory.ts'
import { packMutations } from './packed-keys.ts'
import type { InboundMessage, LogRecord } from './records.ts'

const at = '2026-01-01T00:00:00.000Z'
const sessionId = 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV'
const fresh = () => emptyMemory('ten_A', sessionId)
const eventsOf = (memory: ReturnType<typeof fresh>, ...records: LogRecord[]) =>
  records.flatMap((record) => apply(memory, record))

const queued = (commandId = 'cmd_1', to = '+999100'): LogRecord => ({
  kind: 'QUEUED',
  at,
  message: {
    commandId,
    messageId: `msg_${commandId}`,
    to,
    content: { type: 'text', text: { body: 'hi' } },
    lane: 'normal',
    acceptedAt: at,
    correlationId: 'req_1',
  },
})
const intent: LogRecord = { kind: 'INTENT', commandId: 'cmd_1', waMessageId: 'WA1', at }
const acked: LogRecord = { kind: 'ACKED', waMessageId: 'WA1', at }
const mapping: LogRecord = {
  kind: 'KEYS',
  mutations: packMutations({ 'lid-mapping': { '999100': '77', '77_reverse': '999100' } }),
}
const receipt = (attrs: Record<string, string>): LogRecord => ({
  kind: 'STANZA',
  stanza: { tag: 'receipt', attrs: { id: 'WA1', ...attrs }, ids: ['WA1'] },
  at,
})
const inbound = (overrides: Partial<InboundMessage> = {}): InboundMessage => ({
  waMessageId: 'IN1',
  chat: { phone: '+999100', lid: '77@lid' },
  from: { phone: '+999100', lid: '77@lid' },
  fromMe: false,
  content: { type: 'text', text: { body: 'yo' } },
  at,
  ...overrides,
})
const decrypted = (hash: string, message: InboundMessage): LogRecord => ({
  kind: 'KEYS',
  mutations: {},
  inbox: [{ hash, plaintext: Buffer.from('p'), message }],
})

test('a message is sent when WhatsApp acknowledged it, and says to whom under both names', () => {
  const memory = fresh()
  expect(eventsOf(memory, queued(), intent, mapping)).toEqual([])
  expect(eventsOf(memory, acked)).toMatchObject([
    {
      type: 'message.sent',
      sequence: 1,
      correlationId: 'req_1',
      data: { messageId: 'msg_cmd_1', waMessageId: 'WA1', chat: { phone: '+999100', lid: '77@lid' } },
    },
  ])
})

test('a second acknowledgement is not a second event', () => {
  const memory = fresh()
  eventsOf(memory, queued(), intent, acked)
  expect(eventsOf(memory, acked)).toEqual([])
})

test('a receipt settles a message whose acknowledgement is still out, so that it never precedes the sending', () => {
  const memory = fresh()
  eventsOf(memory, queued(), intent, mapping)
  expect(eventsOf(memory, receipt({ from: '77@lid' }))).toMatchObject([
    { type: 'message.sent', sequence: 1, correlationId: 'req_1', data: { messageId: 'msg_cmd_1', waMessageId: 'WA1' } },
    { type: 'message.delivered', sequence: 2, data: { messageId: 'msg_cmd_1' } },
  ])
  expect(memory.unacknowledged.size).toBe(0)
  expect(eventsOf(memory, acked)).toEqual([])
})

test.each([
  [{ from: '77@lid' }, 'message.delivered'],
  [{ from: '999100@s.whatsapp.net', type: 'inactive' }, 'message.delivered'],
  [{ from: '77:3@lid', type: 'read' }, 'message.read'],
  [{ from: '77@lid', type: 'played' }, 'message.played'],
])('a receipt %o is %s, and names the message', (attrs, type) => {
  const memory = fresh()
  eventsOf(memory, queued(), intent, mapping, acked)
  expect(eventsOf(memory, receipt(attrs))).toMatchObject([
    { type, data: { messageId: 'msg_cmd_1', waMessageId: 'WA1', chat: { phone: '+999100', lid: '77@lid' } } },
  ])
})

test.each([
  [{ from: '77@lid', type: 'sender' }],
  [{ from: '77@lid', type: 'server-error' }],
  [{ from: '1@lid', recipient: '77@lid', type: 'read' }],
  [{ from: '123@g.us', participant: '77@lid' }],
])('a receipt %o says nothing of the recipient', (attrs) => {
  expect(eventsOf(fresh(), receipt(attrs))).toEqual([])
})

test('a stanza that is delivered again is not received again', () => {
  const memory = fresh()
  expect(eventsOf(memory, decrypted('h1', inbound()))).toHaveLength(1)
  expect(eventsOf(memory, decrypted('h1', inbound()))).toEqual([])
})

test("what the account's own phone wrote is an echo", () => {
  expect(eventsOf(fresh(), decrypted('h1', inbound({ fromMe: true })))).toMatchObject([{ type: 'message.echoed' }])
})

test('an inbound message has the same id for every owner', () => {
  const ids = [fresh(), fresh()].map((memory) => eventsOf(memory, decrypted('h1', inbound()))[0]?.data)
  expect(ids[0]).toEqual(ids[1])
})

test('a failed message is told once, whether it was begun or not', () => {
  const memory = fresh()
  eventsOf(memory, queued('cmd_1'), queued('cmd_2'), intent)
  const failed = (commandId: string, waMessageId?: string): LogRecord => ({
    kind: 'FAILED',
    commandId,
    ...(waMessageId ? { waMessageId } : {}),
    code: 'session-closed',
    detail: 'd',
    at,
  })
  expect(eventsOf(memory, failed('cmd_2'), failed('cmd_2'))).toHaveLength(1)
  expect(eventsOf(memory, failed('cmd_1', 'WA1'), acked)).toHaveLength(1)
})

test('unlinking voids the keys and the account, not what is queued', () => {
  const memory = fresh()
  eventsOf(memory, queued(), mapping, { kind: 'LOGOUT', at }, { kind: 'RESET', at })
  expect(memory.keys.size).toBe(0)
  expect(memory.linked).toBe(false)
  expect(memory.logoutRequested).toBe(false)
  expect(memory.queue.size).toBe(1)
})

test('events are numbered from 1 without gaps, and a replay numbers them the same', () => {
  const record = fc.oneof(
    fc.nat(5).map((n) => queued(`cmd_${n}`)),
    fc.nat(5).map((n): LogRecord => ({ kind: 'INTENT', commandId: `cmd_${n}`, waMessageId: `WA${n}`, at })),
    fc.nat(5).map((n): LogRecord => ({ kind: 'ACKED', waMessageId: `WA${n}`, at })),
    fc.nat(5).map((n): LogRecord => ({ kind: 'UNCONFIRMED', waMessageId: `WA${n}`, at })),
    fc.nat(5).map((n) => decrypted(`h${n}`, inbound({ waMessageId: `IN${n}` }))),
    fc.constant(receipt({ from: '77@lid' })),
    fc.constant<LogRecord>({ kind: 'RESET', at }),
  )
  fc.assert(
    fc.property(fc.array(record, { maxLength: 60 }), (records) => {
      const events = eventsOf(fresh(), ...records)
      expect(events.map(({ sequence }) => sequence)).toEqual(events.map((_, index) => index + 1))
      expect(eventsOf(fresh(), ...records)).toEqual(events)
      const settled = events.filter(({ type }) => type === 'message.sent' || type === 'message.unconfirmed')
      const begun = records.filter(({ kind }) => kind === 'INTENT')
      expect(settled.length).toBeLessThanOrEqual(begun.length)
    }),
  )
})
