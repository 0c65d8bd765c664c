import type { Message } from '@wagate/api/message.ts'
import { expect, test } from 'vitest'
import { rowsOf } from './rows.ts'

const message = (id: string, created_at: string) => ({ id, created_at }) as Message
const dayOf = (at: string) => at.slice(0, 10)

test('oldest first, a line before each day, and at the end what is not among the messages yet', () => {
  const messages = [
    message('m3', '2026-11-21T09:00:00Z'),
    message('m2', '2026-11-21T08:00:00Z'),
    message('m1', '2026-11-20T23:00:00Z'),
  ]
  const pending = [
    { key: 'a', chatId: 'c', text: 'there', at: '2026-11-21T09:00:00Z', id: 'm3' },
    { key: 'b', chatId: 'c', text: 'accepted', at: '2026-11-21T09:01:00Z', id: 'm4' },
    { key: 'c', chatId: 'c', text: 'asked', at: '2026-11-21T09:02:00Z' },
  ]
  expect(rowsOf(messages, pending, dayOf).map(({ key }) => key)).toEqual([
    ...['2026-11-20', 'm1', '2026-11-21', 'm2', 'm3', 'b', 'c'],
  ])
})

test('an empty conversation has no rows', () => {
  expect(rowsOf([], [], dayOf)).toEqual([])
})
