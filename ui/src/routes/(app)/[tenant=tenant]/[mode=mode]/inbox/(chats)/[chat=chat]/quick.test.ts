import type { QuickReply } from '@wagate/api/quick-reply.ts'
import { expect, test } from 'vitest'
import { matching, shortcutAt } from './quick.ts'

const reply = (shortcut: string, text: string) => ({ id: shortcut, shortcut, text }) as QuickReply
const replies = [reply('hours', 'We are open from 9 to 5.'), reply('opening', 'See you!'), reply('re-open', 'Again.')]

test('only a slash and a word at the very beginning ask for a reply', () => {
  expect(shortcutAt('/')).toBe('')
  expect(shortcutAt('/Hou')).toBe('hou')
  for (const text of ['', 'hi', 'either/or', '/two words', ' /x']) expect(shortcutAt(text)).toBeUndefined()
})

test('shortcuts that begin so come first, then those that hold it, then texts', () => {
  expect(matching(replies, 'open').map(({ shortcut }) => shortcut)).toEqual(['opening', 're-open', 'hours'])
  expect(matching(replies, '').map(({ shortcut }) => shortcut)).toEqual(['hours', 'opening', 're-open'])
  expect(matching(replies, 'nothing')).toEqual([])
})
