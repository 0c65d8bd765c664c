// What happens to messages while they wait: the pace, chats with strangers, cancelling, the end of their time.
import { defaultPacing } from '@wagate/messages/pacing.ts'
import { expect, test } from 'vitest'
import { command, heard, messageId, open, settled, setUp } from '../fakes/sender.ts'
import { apply, emptyMemory } from '../log/memory.ts'

const unlimited = defaultPacing.test
const hourMs = 3_600_000

test('a live session writes with pauses, and everything goes in the end', async () => {
  const { sender, pass, texts } = setUp({ pace: { ...defaultPacing.live, newChatsPerHour: null } })
  for (let n = 0; n < 8; n++) await sender.accept(command(n), open)
  await settled()
  expect(texts()).toHaveLength(1)
  await pass(499)
  expect(texts()).toHaveLength(1)
  await pass(1)
  expect(texts()).toHaveLength(2)
  await pass(20_000)
  expect(texts()).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map((n) => `text ${n}`))
})

test('a pace that is changed counts at once', async () => {
  const { sender, texts } = setUp({ pace: { ...unlimited, perSecond: 0.01 } })
  for (let n = 0; n < 3; n++) await sender.accept(command(n), open)
  await settled()
  expect(texts()).toHaveLength(1)
  sender.setPace(unlimited)
  await settled()
  expect(texts()).toHaveLength(3)
})

test('a message to a stranger waits for its slot and holds up nobody whom the account knows', async () => {
  const { sender, memory, texts, pass } = setUp({ pace: { ...unlimited, newChatsPerHour: 2 } })
  apply(memory, heard('+999300'))
  await sender.accept(command(1, '+999101'), open)
  await sender.accept(command(2, '+999102'), open)
  await settled()
  await sender.accept(command(3, '+999103', { lane: 'high' }), open)
  await sender.accept(command(4, '+999103', { lane: 'high' }), open)
  await sender.accept(command(5, '+999300'), open)
  await sender.accept(command(6, '+999101'), open)
  await settled()
  expect(texts()).toEqual(['text 1', 'text 2', 'text 5', 'text 6'])
  await pass(hourMs - 1)
  expect(texts()).toHaveLength(4)
  await pass(1)
  expect(texts()).toEqual(['text 1', 'text 2', 'text 5', 'text 6', 'text 3', 'text 4'])
})

test('while WhatsApp restricts the account, strangers wait and others do not', async () => {
  const { sender, memory, texts, pass, at } = setUp()
  apply(memory, heard('+999300'))
  const data = { restriction: 'time_lock', detail: 'why', until: at(hourMs), at: at(0) } as const
  apply(memory, { kind: 'LIFECYCLE', lifecycle: { type: 'session.restricted', data } })
  await sender.accept(command(1, '+999101'), open)
  await sender.accept(command(2, '+999300'), open)
  await settled()
  expect(texts()).toEqual(['text 2'])
  expect(sender.report({ v: 1, messageId: messageId(1) }).message).toMatchObject({
    state: 'queued',
    expectedAt: at(hourMs),
  })
  await pass(hourMs - 1)
  expect(texts()).toEqual(['text 2'])
  await pass(1)
  expect(texts()).toEqual(['text 2', 'text 1'])
})

test('a restriction that WhatsApp takes back early, or a word from the stranger, lets the message go', async () => {
  const { sender, memory, texts, at } = setUp()
  const data = { restriction: 'time_lock', detail: 'why', until: at(hourMs), at: at(0) } as const
  apply(memory, { kind: 'LIFECYCLE', lifecycle: { type: 'session.restricted', data } })
  await sender.accept(command(1, '+999101'), open)
  await sender.accept(command(2, '+999102'), open)
  apply(memory, heard('+999102'))
  sender.pump()
  await settled()
  expect(texts()).toEqual(['text 2'])
  const lifted = { restriction: 'time_lock', at: at(0) } as const
  apply(memory, { kind: 'LIFECYCLE', lifecycle: { type: 'session.unrestricted', data: lifted } })
  sender.pump()
  await settled()
  expect(texts()).toEqual(['text 2', 'text 1'])
})

test('chats that were begun count for the next owner too, and an account that was linked anew has none', () => {
  const memory = emptyMemory('ten_A', 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV')
  const at = '2026-01-01T00:00:00.000Z'
  const connected = (phone: string) =>
    ({ kind: 'LIFECYCLE', lifecycle: { type: 'session.connected', data: { account: { phone }, at } } }) as const
  const { to, content, lane, acceptedAt } = command(1).data
  const message = { commandId: 'c', messageId: messageId(1), to, content, lane, acceptedAt }
  apply(memory, connected('+1'))
  apply(memory, { kind: 'QUEUED', message, at })
  apply(memory, { kind: 'INTENT', commandId: 'c', waMessageId: 'W', at })
  expect(memory.chats.startedAtMs).toEqual([Date.parse(at)])
  apply(memory, { kind: 'RESET', at })
  apply(memory, connected('+1'))
  expect(memory.chats.known.has('+999100')).toBe(true)
  apply(memory, connected('+2'))
  expect([memory.chats.known.has('+999100'), memory.chats.startedAtMs]).toEqual([false, []])
})

test('a message that waits can be cancelled, once, and is never sent', async () => {
  const { sender, connect, handed, events, types, memory } = setUp()
  connect(false)
  await sender.accept(command(1), open)
  await sender.accept(command(2), open)
  await sender.cancel(messageId(1))
  await sender.cancel(messageId(1))
  expect(events).toMatchObject([{ type: 'message.cancelled', data: { messageId: messageId(1) } }])
  connect(true)
  await sender.resend()
  expect(handed.map(({ text }) => text)).toEqual(['text 2'])
  expect(types()).toEqual(['message.cancelled'])
  expect(memory.cancelled.size).toBe(0)
})

test('a cancellation that comes before its message holds when the message comes, also for the next owner', async () => {
  const { sender, handed, types, memory } = setUp()
  await sender.cancel(messageId(1))
  await sender.cancel(messageId(1))
  expect([types(), memory.cancelled.size]).toEqual([[], 1])
  await sender.accept(command(1), open)
  await sender.accept(command(1), open)
  await settled()
  expect([handed, types(), memory.cancelled.size]).toEqual([[], ['message.cancelled'], 0])
})

test('a message that WhatsApp may have, or that has ended, is not cancelled', async () => {
  const { sender, handed, types } = setUp()
  await sender.accept(command(1), open)
  await settled()
  await sender.cancel(messageId(1))
  sender.acknowledged(handed[0]?.id ?? '', undefined)
  await sender.cancel(messageId(1))
  expect(types()).toEqual(['message.sent'])
})

test('a message that is cancelled while WhatsApp is asked about its number is not sent', async () => {
  const asked = Promise.withResolvers<void>()
  const { sender, handed, types } = setUp({ onWhatsApp: () => asked.promise.then(() => true) })
  await sender.accept(command(1), open)
  await sender.cancel(messageId(1))
  asked.resolve()
  await settled()
  expect([handed, types()]).toEqual([[], ['message.cancelled']])
})

test('a message whose time runs out while WhatsApp is asked about its number is not sent', async () => {
  const asked = Promise.withResolvers<void>()
  const { sender, handed, types, advance, at } = setUp({ onWhatsApp: () => asked.promise.then(() => true) })
  await sender.accept(command(1, '+999100', { expiresAt: at(1_000) }), open)
  advance(1_000) // its timer is late
  asked.resolve()
  await settled()
  expect([handed, types()]).toEqual([[], ['message.expired']])
})

test('what waits beyond its time expires without a connection, and the rest goes on waiting', async () => {
  const { sender, connect, pass, events, at, texts } = setUp()
  connect(false)
  await sender.accept(command(1, '+999100', { expiresAt: at(30 * 24 * hourMs) }), open)
  await sender.accept(command(2, '+999100', { expiresAt: at(60_000) }), open)
  await sender.accept(command(3, '+999100', { expiresAt: at(5_000) }), open)
  await pass(4_999)
  expect(events).toEqual([])
  await pass(1)
  expect(events).toMatchObject([{ type: 'message.expired', data: { messageId: messageId(3), expiresAt: at(5_000) } }])
  await pass(55_000)
  expect(events.map(({ data }) => 'messageId' in data && data.messageId)).toEqual([messageId(3), messageId(2)])
  connect(true)
  await sender.resend()
  expect(texts()).toEqual(['text 1'])
})

test('a message whose turn comes too late is not sent, and one that comes too late is told as expired', async () => {
  const { sender, connect, advance, handed, types, at } = setUp()
  connect(false)
  await sender.accept(command(1, '+999100', { expiresAt: at(1_000) }), open)
  advance(1_000)
  connect(true)
  await sender.resend()
  await sender.accept(command(2, '+999100', { expiresAt: at(500) }), open)
  expect([handed, types()]).toEqual([[], ['message.expired', 'message.expired']])
})

test('once the session is handed over nothing expires here: the next owner does it', async () => {
  const { sender, connect, pass, types, at } = setUp()
  connect(false)
  await sender.accept(command(1, '+999100', { expiresAt: at(1_000) }), open)
  sender.stopIntake()
  await pass(10_000)
  expect(types()).toEqual([])
})

test('when WhatsApp does not say whether a number exists, it is asked again, and the queue goes on', async () => {
  let answers = false
  const { sender, pass, texts } = setUp({
    onWhatsApp: () => (answers ? true : Promise.reject(new Error('timed out'))),
  })
  await sender.accept(command(1), open)
  await settled()
  expect(texts()).toEqual([])
  answers = true
  await pass(5_000)
  expect(texts()).toEqual(['text 1'])
})

test('a connection that is lost while WhatsApp is asked about a number takes nothing of the pace', async () => {
  const asked = Promise.withResolvers<boolean>()
  let waits = true
  const { sender, connect, texts } = setUp({
    pace: { ...unlimited, perSecond: 0.01, burst: 1 },
    onWhatsApp: () => (waits ? asked.promise : true),
  })
  await sender.accept(command(1), open)
  await settled()
  connect(false)
  waits = false
  asked.resolve(true)
  await settled()
  connect(true)
  await sender.resend()
  expect(texts()).toEqual(['text 1'])
})

test.each(['without a connection', 'while the account is restricted'])(
  'a rest %s fills the bucket and no more',
  async (rest) => {
    const { sender, memory, connect, pass, texts, at } = setUp({ pace: { ...unlimited, perSecond: 0.1, burst: 3 } })
    for (let n = 0; n < 20; n++) await sender.accept(command(n, `+9991${n}0`), open)
    await settled()
    expect(texts()).toHaveLength(3)
    const data = { restriction: 'time_lock', detail: 'why', until: at(hourMs), at: at(0) } as const
    if (rest === 'without a connection') connect(false)
    else apply(memory, { kind: 'LIFECYCLE', lifecycle: { type: 'session.restricted', data } })
    await pass(hourMs)
    connect(true)
    sender.pump()
    await settled()
    expect(texts()).toHaveLength(6)
  },
)

test('a new owner goes on at the pace of the last one, in the same order, and sends nothing twice', async () => {
  const pace = { ...unlimited, perSecond: 1, burst: 2 }
  const before = setUp({ pace })
  for (let n = 0; n < 5; n++) await before.sender.accept(command(n, '+999100', { lane: n % 2 ? 'bulk' : 'high' }), open)
  await settled()
  expect(before.texts()).toEqual(['text 0', 'text 2'])
  for (const { id } of before.handed) before.sender.acknowledged(id, undefined)
  const { sender, texts, pass } = setUp({ pace, memory: before.memory })
  await sender.resend()
  expect(texts()).toEqual([])
  await pass(1_000)
  expect(texts()).toEqual(['text 4'])
  await pass(2_000)
  expect(texts()).toEqual(['text 4', 'text 1', 'text 3'])
})
