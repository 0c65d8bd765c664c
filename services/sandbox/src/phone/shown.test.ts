import { expect, test } from 'vitest'
import { createShownMessages } from './shown.ts'

const message = (id: string, overrides = {}) => ({
  id,
  chat: '999000000002',
  fromMe: false,
  from: '999000000002',
  text: id,
  at: new Date(0),
  status: 'received' as const,
  replyTo: '100000000000002@lid',
  ...overrides,
})

test('an id is shown once in its chat and direction', () => {
  const shown = createShownMessages()
  expect(shown.show(message('A'))?.seq).toBe(1)
  expect(shown.show(message('A'))).toBeUndefined()
  expect(shown.show(message('A', { fromMe: true }))?.seq).toBe(2)
  expect(shown.show(message('A', { chat: '999000000003' }))?.seq).toBe(3)
})

test('pages follow the sequence numbers, also after old messages are gone', () => {
  const shown = createShownMessages()
  for (let i = 1; i <= 23_000; i++) shown.show(message(`M${i}`))
  const page = shown.after(22_990, 5)
  expect(page.map(({ seq }) => seq)).toEqual([22_991, 22_992, 22_993, 22_994, 22_995])
  expect(shown.after(0, 1)[0]?.seq).toBeGreaterThan(1)
  expect(shown.after(23_000, 5)).toEqual([])
})

test("unread are the others' messages that were not read, all or by id", () => {
  const shown = createShownMessages()
  shown.show(message('A'))
  shown.show(message('B'))
  shown.show(message('C', { fromMe: true, status: 'sent' }))
  expect(shown.unread().map(({ id }) => id)).toEqual(['A', 'B'])
  expect(shown.unread(['B', 'C', 'X']).map(({ id }) => id)).toEqual(['B'])
})
