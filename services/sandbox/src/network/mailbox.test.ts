import fc from 'fast-check'
import { expect, test } from 'vitest'
import { node } from '../wire/node.ts'
import { createMailbox } from './mailbox.ts'

test('what was not confirmed stays, in the order in which it came', () => {
  const ids = fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { maxLength: 60 })
  fc.assert(
    fc.property(ids, fc.func(fc.boolean()), (added, isConfirmed) => {
      const mailbox = createMailbox()
      for (const id of added) mailbox.add(node('message', { id: String(id) }))
      const kept = added.filter((id) => !isConfirmed(id))
      for (const id of added) if (!kept.includes(id)) mailbox.settle({ stanza: 'message', id: String(id) })
      expect(mailbox.pending().map((stanza) => stanza.attrs.id)).toEqual(kept.map(String))
      expect(mailbox.size()).toBe(kept.length)
    }),
  )
})

test('a confirmation of a message leaves its receipts waiting, and one receipt type leaves the other', () => {
  const mailbox = createMailbox()
  mailbox.add(node('message', { id: 'A' }))
  mailbox.add(node('receipt', { id: 'A' }))
  mailbox.add(node('receipt', { id: 'A', type: 'read' }))
  expect(mailbox.settle({ stanza: 'message', id: 'A', type: 'text' })).toBe(1)
  expect(mailbox.settle({ stanza: 'receipt', id: 'A' })).toBe(1)
  expect(mailbox.pending()).toEqual([node('receipt', { id: 'A', type: 'read' })])
})

test('a confirmation covers every copy of the stanza', () => {
  const mailbox = createMailbox()
  mailbox.add(node('message', { id: 'A' }))
  mailbox.add(node('message', { id: 'A' }))
  expect(mailbox.settle({ stanza: 'message', id: 'A' })).toBe(2)
  expect(mailbox.size()).toBe(0)
})

test('a confirmation of something unknown changes nothing', () => {
  const mailbox = createMailbox()
  expect(mailbox.settle({ stanza: 'message', id: 'A' })).toBe(0)
  expect(mailbox.pending()).toEqual([])
})
