import { defaultPacing } from '@wagate/messages/pacing.ts'
import { expect, test } from 'vitest'
import { command, open, settled, setUp, start } from '../fakes/sender.ts'
import { apply } from '../log/memory.ts'
import { outboxLimit, sendWindow, waitingLimit } from './outbox.ts'

test('a message is handed over once, under an id that its command decides, and is sent when acknowledged', async () => {
  const { sender, handed, types } = setUp()
  await sender.accept(command(1), open)
  await settled()
  expect(handed).toMatchObject([{ jid: '999100@s.whatsapp.net', text: 'text 1' }])
  expect(types()).toEqual([])
  sender.acknowledged(handed[0]?.id ?? '', undefined)
  sender.acknowledged(handed[0]?.id ?? '', undefined)
  expect(types()).toEqual(['message.sent'])
})

test('a repeated command changes nothing', async () => {
  const { sender, handed } = setUp()
  expect(await sender.accept(command(1), open)).toBe('taken')
  expect(await sender.accept(command(1), open)).toBe('taken')
  await settled()
  expect(handed).toHaveLength(1)
})

test('a repeated command is taken only once the first one is in the log', async () => {
  const stored = Promise.withResolvers<void>()
  const { sender } = setUp({ durable: () => stored.promise })
  const taken: number[] = []
  for (const n of [1, 2]) void sender.accept(command(1), open).then(() => taken.push(n))
  await settled()
  expect(taken).toEqual([])
  stored.resolve()
  await settled()
  expect(taken).toEqual([1, 2])
})

test('messages go out in the order of acceptance', async () => {
  const { sender, handed } = setUp()
  await Promise.all([1, 2, 3, 4].map((n) => sender.accept(command(n), open)))
  await settled()
  expect(handed.map(({ text }) => text)).toEqual(['text 1', 'text 2', 'text 3', 'text 4'])
})

test('without a connection messages wait, and go out with the next one', async () => {
  const { sender, handed, connect } = setUp()
  connect(false)
  await sender.accept(command(1), open)
  await settled()
  expect(handed).toEqual([])
  connect(true)
  await sender.resend()
  expect(handed).toHaveLength(1)
})

test('what WhatsApp did not acknowledge goes out again under the same id, before anything new', async () => {
  const { sender, handed, answerWith } = setUp()
  answerWith('lost')
  await sender.accept(command(1), open)
  await settled()
  answerWith('handed-over')
  await sender.accept(command(2), open)
  await settled()
  await sender.resend()
  const first = handed.filter(({ text }) => text === 'text 1')
  expect(first).toHaveLength(1)
  await sender.resend()
  expect(new Set(handed.filter(({ text }) => text === 'text 1').map(({ id }) => id)).size).toBe(1)
})

test('what a receipt settles while the rest goes out again is not sent again', async () => {
  const { sender, memory, handed, loseTwo, types } = setUp()
  await loseTwo()
  const [, second = ''] = memory.unacknowledged.keys()
  const resent = sender.resend()
  const attrs = { from: '999100@s.whatsapp.net', id: second }
  apply(memory, { kind: 'STANZA', stanza: { tag: 'receipt', attrs, ids: [second] }, at: new Date(start).toISOString() })
  await resent
  expect(handed.map(({ text }) => text)).toEqual(['text 1'])
  expect(types()).toEqual([])
})

test('nothing new overtakes what goes out again, whatever makes the sender look meanwhile', async () => {
  const { sender, handed, loseTwo, connect } = setUp()
  await loseTwo()
  connect(false)
  await sender.accept(command(3), open)
  connect(true)
  const resent = sender.resend()
  sender.pump()
  await sender.accept(command(4), open)
  await resent
  await settled()
  expect(handed.map(({ text }) => text)).toEqual(['text 1', 'text 2', 'text 3', 'text 4'])
})

test('what was to go out again when sending was held back goes out when it goes on, still before anything new', async () => {
  const { sender, handed, loseTwo, connect } = setUp()
  await loseTwo()
  const resent = sender.resend()
  connect(false)
  await resent
  await sender.accept(command(3), open)
  connect(true)
  sender.pump()
  await settled()
  expect(handed.map(({ text }) => text)).toEqual(['text 1', 'text 2', 'text 3'])
})

test('after ten minutes an unacknowledged message is left alone, and said to be unconfirmed', async () => {
  const { sender, handed, advance, types } = setUp()
  await sender.accept(command(1), open)
  await settled()
  advance(10 * 60_000 + 1)
  await sender.resend()
  expect(handed).toHaveLength(1)
  expect(types()).toEqual(['message.unconfirmed'])
})

test('no more are in flight than the window, and each acknowledgement lets one more go', async () => {
  const { sender, handed } = setUp()
  for (let n = 0; n < sendWindow + 5; n++) await sender.accept(command(n), open)
  await settled()
  expect(handed).toHaveLength(sendWindow)
  sender.acknowledged(handed[0]?.id ?? '', undefined)
  await settled()
  expect(handed).toHaveLength(sendWindow + 1)
})

test('a live session waits for its pace', async () => {
  const { sender, handed, timers } = setUp({ pace: { ...defaultPacing.live, jitterMs: 0 } })
  for (let n = 0; n < 7; n++) await sender.accept(command(n), open)
  await settled()
  expect(handed).toHaveLength(defaultPacing.live.burst)
  expect(timers[0]?.ms).toBe(1_000)
})

test('a number that is not on WhatsApp fails without a frame', async () => {
  const { sender, handed, events } = setUp({ onWhatsApp: (phone) => phone !== '999404' })
  await sender.accept(command(1, '+999404'), open)
  await sender.accept(command(2), open)
  await settled()
  expect(events).toMatchObject([{ type: 'message.failed', data: { code: 'recipient-not-on-whatsapp' } }])
  expect(handed.map(({ text }) => text)).toEqual(['text 2'])
})

test('a refusal by WhatsApp fails the message with its number and is never tried again', async () => {
  const { sender, handed, events } = setUp()
  await sender.accept(command(1), open)
  await settled()
  sender.acknowledged(handed[0]?.id ?? '', '463')
  await sender.resend()
  expect(events).toMatchObject([{ type: 'message.failed', data: { code: 'whatsapp-463' } }])
  expect(handed).toHaveLength(1)
})

test('whoever WhatsApp let the account not write to is a stranger still', async () => {
  const { sender, handed, memory } = setUp()
  await sender.accept(command(1), open)
  await settled()
  expect(memory.chats.known.has('+999100')).toBe(true)
  sender.acknowledged(handed[0]?.id ?? '', '463')
  expect(memory.chats.known.has('+999100')).toBe(false)
  expect(memory.chats.startedAtMs).toHaveLength(1) // it counted with WhatsApp all the same
})

test('a message that cannot be encrypted for anybody fails', async () => {
  const { sender, events, answerWith } = setUp()
  answerWith('unsendable')
  await sender.accept(command(1), open)
  await settled()
  expect(events).toMatchObject([{ type: 'message.failed', data: { code: 'encryption-failed' } }])
})

test('for a closed session a message is taken, and fails at once', async () => {
  const { sender, handed, events } = setUp()
  expect(await sender.accept(command(1), () => 'session-closed')).toBe('taken')
  await settled()
  expect(handed).toEqual([])
  expect(events).toMatchObject([{ type: 'message.failed', data: { code: 'session-closed' } }])
})

test('when a session ends, everything that waits reaches an end too', async () => {
  const { sender, connect, types } = setUp()
  await sender.accept(command(1), open)
  await settled()
  connect(false)
  await sender.accept(command(2), open)
  sender.giveUp('session-closed')
  expect(types().toSorted()).toEqual(['message.failed', 'message.unconfirmed'])
})

const urgent = (n: number) => command(n, '+999100', { lane: 'high' })
const bulk = (n: number) => command(n, '+999100', { lane: 'bulk' })

test('the outbox is bounded: what comes beyond waits in order, and is taken when there is room again', async () => {
  const { sender, connect, fullness, memory, handed, acknowledgeAll } = setUp()
  connect(false)
  for (let n = 0; n < outboxLimit.messages; n++) await sender.accept(urgent(n), open)
  const late = [1, 2, 3].map((n) => sender.accept(urgent(outboxLimit.messages + n), open))
  await settled()
  expect(fullness).toEqual([['bulk'], ['normal', 'bulk'], ['high', 'normal', 'bulk']])
  expect(memory.queue.size).toBe(outboxLimit.messages)
  connect(true)
  sender.pump()
  await acknowledgeAll()
  expect(await Promise.all(late)).toEqual(['taken', 'taken', 'taken'])
  expect(fullness.slice(3)).toEqual([['normal', 'bulk'], ['bulk'], []])
  const order = handed.map(({ text }) => Number(text.slice('text '.length)))
  expect(order).toEqual(order.toSorted((a, b) => a - b))
  expect(handed).toHaveLength(outboxLimit.messages + 3)
})

test('what waits is bounded too, and goes back to the broker when the session is handed over', async () => {
  const { sender, connect } = setUp()
  connect(false)
  for (let n = 0; n < outboxLimit.messages; n++) await sender.accept(urgent(n), open)
  const late = Array.from({ length: waitingLimit.messages }, (_, n) => sender.accept(urgent(10_000 + n), open))
  expect(await sender.accept(urgent(20_000), open)).toBe('full')
  sender.stopIntake()
  expect(new Set(await Promise.all(late))).toEqual(new Set(['full']))
  expect(await sender.accept(urgent(20_001), open)).toBe('full')
})

test('a flood of bulk messages, queued and on its way in, leaves room for others, and the urgent one goes first', async () => {
  const { sender, connect, fullness, handed, acknowledgeAll } = setUp()
  connect(false)
  const flood = outboxLimit.messages + waitingLimit.messages
  const taken = Array.from({ length: flood }, (_, n) => sender.accept(bulk(n), open))
  expect(await taken.at(-1)).toBe('full')
  expect(await sender.accept(command(10_000), open)).toBe('taken')
  expect(await sender.accept(urgent(10_001), open)).toBe('taken')
  expect(fullness).toEqual([['bulk']])
  connect(true)
  sender.pump()
  await acknowledgeAll()
  expect(handed.slice(0, 3).map(({ text }) => text)).toEqual(['text 10001', 'text 10000', 'text 0'])
  const outcomes = await Promise.all(taken)
  expect(handed).toHaveLength(2 + outcomes.filter((outcome) => outcome === 'taken').length)
})

test('who takes a full outbox over takes no more than there is room for', async () => {
  const before = setUp()
  before.connect(false)
  for (let n = 0; n < outboxLimit.messages; n++) await before.sender.accept(urgent(n), open)
  const { sender, memory } = setUp({ memory: before.memory, connected: false })
  expect(sender.fullLanes()).toEqual(['high', 'normal', 'bulk'])
  void sender.accept(urgent(10_000), open)
  await settled()
  expect(memory.queue.size).toBe(outboxLimit.messages)
})
