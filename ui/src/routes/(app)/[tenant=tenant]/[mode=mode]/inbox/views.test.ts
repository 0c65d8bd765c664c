import { expect, test } from 'vitest'
import { chatsQueryOf, filtersOf, searchOf } from './views.ts'

const of = (search: string) => filtersOf(new URLSearchParams(search))

test('what an address says comes back as that address, without what is usual', () => {
  expect(searchOf(of(''))).toBe('')
  expect(searchOf(of('view=all&q='))).toBe('')
  expect(searchOf(of('view=mine&session=ses_1&q=ada'))).toBe('?view=mine&session=ses_1&q=ada')
})

test('an unknown view is all of them, and a search has an end', () => {
  expect(of(`view=theirs&q=${'x'.repeat(200)}`)).toEqual({ view: 'all', session: '', q: 'x'.repeat(80) })
})

test('each view asks for its chats; a single letter is not searched for', () => {
  expect(chatsQueryOf(of('view=unread'))).toEqual({ unread: 'true' })
  expect(chatsQueryOf(of('view=mine&session=ses_1'))).toEqual({ assignee: 'me', session_id: 'ses_1' })
  expect(chatsQueryOf(of('view=unassigned&q=a'))).toEqual({ assignee: 'none' })
  expect(chatsQueryOf(of('q=%20ada%20'))).toEqual({ q: 'ada' })
})
