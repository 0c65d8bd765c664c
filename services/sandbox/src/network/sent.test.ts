import { expect, test } from 'vitest'
import { createSentMessages } from './sent.ts'

test('the same id in the same chat is a duplicate, in another chat it is a message of its own', () => {
  const sent = createSentMessages()
  expect(sent.note('bob', 'A')).toBe('new')
  expect(sent.note('bob', 'A')).toBe('duplicate')
  expect(sent.note('carol', 'A')).toBe('new')
})

test('each retry receipt excuses one more stanza with the id', () => {
  const sent = createSentMessages()
  sent.note('bob', 'A')
  sent.expectResend('bob', 'A')
  expect(sent.note('bob', 'A')).toBe('resend')
  expect(sent.note('bob', 'A')).toBe('duplicate')
})

test('a receipt state is passed on once and never goes back', () => {
  const sent = createSentMessages()
  sent.note('bob', 'A')
  expect(sent.raise('bob', 'A', 'delivered')).toBe(true)
  expect(sent.raise('bob', 'A', 'delivered')).toBe(false)
  expect(sent.raise('bob', 'A', 'read')).toBe(true)
  expect(sent.raise('bob', 'A', 'delivered')).toBe(false)
})

test('memory is bounded: the oldest message is forgotten first', () => {
  const sent = createSentMessages(2)
  for (const id of ['A', 'B', 'C']) sent.note('bob', id)
  expect(sent.note('bob', 'C')).toBe('duplicate')
  expect(sent.note('bob', 'A')).toBe('new')
})
