import { expect, test } from 'vitest'
import { fulfil } from './wishes.ts'

function recorder() {
  const told: unknown[] = []
  const markRead = (messages: unknown) => void told.push(['read', messages])
  const showTyping = (jid: string, state: string) => void told.push(['typing', jid, state])
  return { told, socket: { markRead, showTyping } }
}

test('receipts and typing go to the LID where it is known, else to the number, and to nobody who has neither', () => {
  const { told, socket } = recorder()
  const both = { phone: '+999100', lid: '7@lid' }
  const messages = [both, { phone: '+999200' }, {}].map((chat, n) => ({ waMessageId: `3A${n}`, chat }))
  fulfil({ v: 1, kind: 'read', messages }, socket)
  fulfil({ v: 1, kind: 'typing', chat: both, state: 'composing' }, socket)
  fulfil({ v: 1, kind: 'typing', chat: {}, state: 'paused' }, socket)
  const read = [
    { id: '3A0', jid: '7@lid' },
    { id: '3A1', jid: '999200@s.whatsapp.net' },
  ]
  expect(told).toEqual([
    ['read', read],
    ['typing', '7@lid', 'composing'],
  ])
})
