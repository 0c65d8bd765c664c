import { expect, test } from 'vitest'
import { emptyMemory } from './memory.ts'
import { newsOf, noteTold } from './receipts.ts'
import type { StanzaNote } from './records.ts'

const receipt = (type: string | undefined, ...ids: string[]): StanzaNote => ({
  tag: 'receipt',
  attrs: { from: '77@lid', ...(type ? { type } : {}) },
  ids,
})

function memoryWith(...ids: string[]) {
  const memory = emptyMemory('ten_A', 'ses_A')
  const content = { type: 'text', text: { body: 'hi' } } as const
  for (const id of ids)
    memory.sent.set(id, {
      messageId: `msg_${id}`,
      message: { commandId: id, messageId: `msg_${id}`, to: '77@lid', content, lane: 'normal', acceptedAt: '' },
    })
  return memory
}

test('a receipt that comes again tells nothing, and one that names more than it did tells the rest', () => {
  const memory = memoryWith('A', 'B')
  const first = receipt(undefined, 'A')
  expect(newsOf(memory, first)).toEqual(first)
  noteTold(memory, first)
  expect(newsOf(memory, first)).toBeUndefined()
  expect(newsOf(memory, receipt('inactive', 'A', 'B'))?.ids).toEqual(['B'])
})

test('delivered, read and played are each told once, in whatever order they come', () => {
  const memory = memoryWith('A')
  for (const type of ['read', undefined, 'played']) {
    expect(newsOf(memory, receipt(type, 'A'))?.ids).toEqual(['A'])
    noteTold(memory, receipt(type, 'A'))
    expect(newsOf(memory, receipt(type, 'A'))).toBeUndefined()
  }
})

test('of a message that we did not send, or do not remember, everything is news', () => {
  const memory = memoryWith()
  noteTold(memory, receipt('read', 'A'))
  expect(newsOf(memory, receipt('read', 'A'))?.ids).toEqual(['A'])
})
