import type { Lane } from '@wagate/messages/commands.ts'
import { expect, test } from 'vitest'
import type { QueuedMessage } from '../log/records.ts'
import { nextMessage } from './outbox.ts'
import { waMessageIdFor } from './wa-id.ts'

const message = (commandId: string, lane: Lane): QueuedMessage => ({
  commandId,
  messageId: `msg_${commandId}`,
  to: '+999100',
  content: { type: 'text', text: { body: 'hi' } },
  lane,
  acceptedAt: '2026-01-01T00:00:00.000Z',
})
const queueOf = (...messages: QueuedMessage[]) => new Map(messages.map((each) => [each.commandId, each]))

test('within a lane the oldest goes first', () => {
  expect(nextMessage(queueOf(message('a', 'normal'), message('b', 'normal')))?.commandId).toBe('a')
})

test('an urgent message overtakes, a bulk one lets pass', () => {
  const queue = queueOf(message('bulk', 'bulk'), message('normal', 'normal'), message('high', 'high'))
  const order: string[] = []
  for (let next = nextMessage(queue); next; next = nextMessage(queue)) {
    order.push(next.commandId)
    queue.delete(next.commandId)
  }
  expect(order).toEqual(['high', 'normal', 'bulk'])
})

test('an empty queue has nothing to send', () => {
  expect(nextMessage(new Map())).toBeUndefined()
})

test('the same command has the same WhatsApp id in its session, for every owner', () => {
  const id = waMessageIdFor('ses_A', 'cmd_1')
  expect(id).toMatch(/^3EB0[0-9A-F]{18}$/)
  expect(waMessageIdFor('ses_A', 'cmd_1')).toBe(id)
  expect(waMessageIdFor('ses_B', 'cmd_1')).not.toBe(id)
  expect(waMessageIdFor('ses_A', 'cmd_2')).not.toBe(id)
})
