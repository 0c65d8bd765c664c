import type { Message } from '@wagate/api/message.ts'
import { expect, test } from 'vitest'
import { withWaiting } from './waiting.ts'

const message = (id: string, status: Message['status'] = 'sent') => ({ id, status }) as Message
const page = (data: Message[], next_cursor: string | null = null) => ({ data, next_cursor })
const idsOf = ({ data }: { data: Message[] }) => data.map(({ id }) => id)

test('what waited and is told by nobody for a moment stays in its place, until it is told as something else', () => {
  const known = [message('m4', 'queued'), message('m3'), message('m2', 'sending'), message('m1')]
  expect(idsOf(withWaiting(page([message('m3'), message('m1')]), known))).toEqual(['m4', 'm3', 'm2', 'm1'])
  const settled = page([message('m4', 'cancelled'), message('m3'), message('m2'), message('m1')])
  expect(withWaiting(settled, known)).toBe(settled)
})

test('what was there and did not wait may go, and what is older than the page is none of its', () => {
  const known = [message('m3'), message('m2', 'queued'), message('m1', 'queued')]
  expect(idsOf(withWaiting(page([message('m4')]), known))).toEqual(['m4', 'm2', 'm1'])
  expect(idsOf(withWaiting(page([message('m4'), message('m2')], 'next'), known))).toEqual(['m4', 'm2'])
})
