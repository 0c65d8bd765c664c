import { expect, test } from 'vitest'
import { newIds, openInbox } from '../testing/inbox.ts'

const at = new Date('2026-11-22T10:00:00Z')
const later = new Date('2026-11-22T11:00:00Z')

test('replies are the tenant’s own, in the order of their shortcuts, each shortcut once', async () => {
  await using inbox = await openInbox()
  const { quickReplies } = inbox
  const make = (tenantId: string, shortcut: string, text = 'a text') =>
    quickReplies.create(tenantId, { id: newIds('quickReply'), shortcut, text, at, most: 3 })
  const [b, a] = [await make('ten_a', 'b'), await make('ten_a', 'a', 'ünïcode 😀')]
  expect(await make('ten_a', 'b')).toBe('taken')
  expect(await make('ten_b', 'b')).toMatchObject({ shortcut: 'b' })
  expect(await quickReplies.list('ten_a')).toEqual([a, b])
  if (typeof a !== 'object' || typeof b !== 'object') throw new Error('not made')
  expect(await quickReplies.update('ten_a', a.id, { shortcut: 'b', text: undefined, at: later })).toBe('taken')
  expect(await quickReplies.update('ten_a', a.id, { shortcut: 'c', text: undefined, at: later })).toEqual({
    ...{ ...a, shortcut: 'c', updated_at: later.toISOString() },
  })
  expect(await quickReplies.update('ten_b', a.id, { shortcut: 'd', text: undefined, at: later })).toBeUndefined()
  expect(await quickReplies.delete('ten_b', a.id)).toBe(false)
  expect(await quickReplies.find('ten_b', a.id)).toBeUndefined()
  expect(await quickReplies.delete('ten_a', a.id)).toBe(true)
  expect(await quickReplies.list('ten_a')).toEqual([b])
})

test('of many that come at once no more are kept than there may be', async () => {
  await using inbox = await openInbox()
  const made = await Promise.all(
    Array.from({ length: 8 }, (_, n) =>
      inbox.quickReplies.create('ten_a', { id: newIds('quickReply'), shortcut: `s${n}`, text: 'x', at, most: 3 }),
    ),
  )
  expect(made.filter((one) => one === 'full')).toHaveLength(5)
  expect(await inbox.quickReplies.list('ten_a')).toHaveLength(3)
})
