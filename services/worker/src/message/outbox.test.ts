import { type Lane, lanes } from '@wagate/messages/commands.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { QueuedMessage } from '../log/records.ts'
import { chooseNext, countAhead, depthOf, noneIsPassed, patience } from './outbox.ts'
import { waMessageIdFor } from './wa-id.ts'

const message = (commandId: string, lane: Lane, to = '+999100'): QueuedMessage => ({
  commandId,
  messageId: `msg_${commandId}`,
  to,
  content: { type: 'text', text: { body: 'hi' } },
  lane,
  acceptedAt: '2026-01-01T00:00:00.000Z',
})
const queueOf = (messages: readonly QueuedMessage[]) => new Map(messages.map((each) => [each.commandId, each]))

/** Sends until nothing may go, refilling by what `arrives` after each. */
function drain(
  messages: readonly QueuedMessage[],
  options: { mayGo?: (message: QueuedMessage) => boolean; arrives?: (sent: number) => QueuedMessage | undefined } = {},
): QueuedMessage[] {
  const queue = queueOf(messages)
  const order: QueuedMessage[] = []
  let passed = noneIsPassed
  for (let next = chooseNext(queue, passed, options.mayGo); next && order.length < 500; ) {
    order.push(next.message)
    passed = next.passed
    queue.delete(next.message.commandId)
    const more = options.arrives?.(order.length)
    if (more) queue.set(more.commandId, more)
    next = chooseNext(queue, passed, options.mayGo)
  }
  return order
}
const ids = (order: readonly QueuedMessage[]): string[] => order.map(({ commandId }) => commandId)

const queues = fc
  .array(fc.tuple(fc.constantFrom(...lanes), fc.constantFrom('+1', '+2', '+3', '+4')), { maxLength: 60 })
  .map((items) => items.map(([lane, to], n) => message(`c${n}`, lane, to)))

test('an urgent message overtakes, a bulk one lets pass', () => {
  const messages = [message('bulk', 'bulk'), message('normal', 'normal'), message('high', 'high')]
  expect(ids(drain(messages))).toEqual(['high', 'normal', 'bulk'])
})

test('an empty queue has nothing to send', () => {
  expect(chooseNext(new Map(), noneIsPassed)).toBeUndefined()
})

test('within a lane, order is the order of acceptance, so a chat never sees two of one lane swapped', () => {
  fc.assert(
    fc.property(queues, (messages) => {
      const order = drain(messages)
      expect(order).toHaveLength(messages.length)
      for (const lane of lanes)
        expect(ids(order.filter((each) => each.lane === lane))).toEqual(
          ids(messages.filter((each) => each.lane === lane)),
        )
    }),
  )
})

test('who may not begin a chat yet holds up nobody else, and keeps its order', () => {
  fc.assert(
    fc.property(queues, (messages) => {
      const mayGo = ({ to }: QueuedMessage) => to !== '+1'
      const order = drain(messages, { mayGo })
      expect(order).toHaveLength(messages.filter(mayGo).length)
      for (const lane of lanes)
        expect(ids(order.filter((each) => each.lane === lane))).toEqual(
          ids(messages.filter((each) => each.lane === lane && mayGo(each))),
        )
    }),
  )
})

test('no lane starves: under endless high ones a normal message waits for 4 others at most, a bulk one for 10', () => {
  const start = [message('h', 'high'), message('n', 'normal'), message('b', 'bulk')]
  const endlessHigh = drain(start, { arrives: (n) => message(`h${n}`, 'high') })
  expect(ids(endlessHigh).indexOf('n')).toBe(patience.normal)
  expect(ids(endlessHigh).indexOf('b')).toBeLessThanOrEqual(patience.bulk + 1)
  expect(endlessHigh[0]?.lane).toBe('high')
})

test('while all lanes have some, of ten messages about 7 are high, 2 normal and 1 bulk', () => {
  const many = lanes.flatMap((lane) => Array.from({ length: 400 }, (_, n) => message(`${lane}${n}`, lane)))
  const share = depthOf(queueOf(drain(many).slice(0, 100)))
  expect(share.bulk).toBe(10)
  expect(share.normal).toBeGreaterThanOrEqual(16)
  expect(share.high).toBeGreaterThanOrEqual(70)
})

test('the place of a message is how many really go before it', () => {
  fc.assert(
    fc.property(queues, (messages) => {
      const order = ids(drain(messages))
      for (const { commandId } of messages)
        expect(countAhead(messages, noneIsPassed, commandId)).toBe(order.indexOf(commandId))
    }),
  )
  expect(countAhead([], noneIsPassed, 'c1')).toBeUndefined()
})

test('the same command has the same WhatsApp id in its session, for every owner', () => {
  const id = waMessageIdFor('ses_A', 'cmd_1')
  expect(id).toMatch(/^3EB0[0-9A-F]{18}$/)
  expect(waMessageIdFor('ses_A', 'cmd_1')).toBe(id)
  expect(waMessageIdFor('ses_B', 'cmd_1')).not.toBe(id)
  expect(waMessageIdFor('ses_A', 'cmd_2')).not.toBe(id)
})
