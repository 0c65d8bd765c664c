import { expect, test } from 'vitest'
import { apply, emptyMemory } from '../log/memory.ts'
import { callNote, receiptNote, typingNote } from './stanzas.ts'

const at = '2026-01-01T00:00:00.000Z'
const offer = {
  tag: 'call',
  attrs: { id: 'ST1', from: '77@lid', t: '1767225600' },
  content: [
    {
      tag: 'offer',
      attrs: { 'call-id': 'CALL1', 'call-creator': '77:3@lid', caller_pn: '999100@s.whatsapp.net' },
      content: [{ tag: 'video', attrs: {} }],
    },
  ],
}

test('a call that is offered is worth a write, what follows it is not', () => {
  expect(callNote(offer)).toEqual({
    tag: 'call',
    attrs: { from: '77:3@lid', t: '1767225600', caller_pn: '999100@s.whatsapp.net', media: 'video' },
    ids: ['CALL1'],
  })
  for (const tag of ['terminate', 'relaylatency', 'preaccept', 'accept'])
    expect(callNote({ ...offer, content: [{ tag, attrs: { 'call-id': 'CALL1' } }] })).toBeUndefined()
  expect(callNote({ tag: 'call', attrs: {} })).toBeUndefined()
})

test('a call is told once, however often WhatsApp delivers it', () => {
  const memory = emptyMemory('ten_A', 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV')
  const stanza = callNote(offer)
  if (!stanza) throw new Error('no call')
  expect(apply(memory, { kind: 'STANZA', stanza, at })).toMatchObject([
    {
      type: 'call.offered',
      data: { callId: 'CALL1', from: { phone: '+999100', lid: '77@lid' }, media: 'video', at },
    },
  ])
  expect(apply(memory, { kind: 'STANZA', stanza, at })).toEqual([])
})

test('a receipt names its message and those in its list; a request to send again is none', () => {
  const items = [{ tag: 'item', attrs: { id: 'B' } }]
  const receipt = {
    tag: 'receipt',
    attrs: { id: 'A', from: 'x' },
    content: [{ tag: 'list', attrs: {}, content: items }],
  }
  expect(receiptNote(receipt)?.ids).toEqual(['A', 'B'])
  expect(receiptNote({ ...receipt, attrs: { id: 'A', type: 'retry' } })).toBeUndefined()
})

test('somebody types under one name, whatever the device; other states and other senders are nothing', () => {
  const stanza = (from: string | undefined, tag: string) => ({
    tag: 'chatstate',
    attrs: from === undefined ? {} : { from },
    content: [{ tag, attrs: {} }],
  })
  expect(typingNote(stanza('77:3@lid', 'composing'))).toEqual({ jid: '77@lid', state: 'composing' })
  expect(typingNote(stanza('999100@s.whatsapp.net', 'paused'))).toEqual({
    jid: '999100@s.whatsapp.net',
    state: 'paused',
  })
  expect(typingNote(stanza('77@lid', 'dancing'))).toBeUndefined()
  expect(typingNote(stanza(undefined, 'composing'))).toBeUndefined()
  expect(typingNote({ tag: 'chatstate', attrs: { from: '77@lid' } })).toBeUndefined()
})
