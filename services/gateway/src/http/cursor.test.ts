import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCursors } from './cursor.ts'
import { DomainError } from './problem.ts'

const cursors = createCursors('a secret of this test')

test('a cursor leads back to its position', () => {
  fc.assert(
    fc.property(fc.string(), fc.string(), (key, id) => {
      expect(cursors.decode(['ten_a', 'chats'], cursors.encode(['ten_a', 'chats'], { key, id }))).toEqual({ key, id })
    }),
  )
})

test('a cursor of another tenant, another list or another secret is refused, and so is garbage', () => {
  const cursor = cursors.encode(['ten_a', 'chats'], { key: '1', id: 'x' })
  const attempts: [readonly string[], string][] = [
    [['ten_b', 'chats'], cursor],
    [['ten_a', 'messages'], cursor],
    [['ten_a', 'chats'], createCursors('another').encode(['ten_a', 'chats'], { key: '1', id: 'x' })],
    [['ten_a', 'chats'], `${cursor}A`.replace(/^./, 'Z')],
    [['ten_a', 'chats'], ''],
    [['ten_a', 'chats'], 'garbage'],
    [['ten_a', 'chats'], '..'],
  ]
  for (const [list, text] of attempts) expect(() => cursors.decode(list, text)).toThrow(DomainError)
})
