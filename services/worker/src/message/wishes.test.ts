import { expect, test } from 'vitest'
import { createWishes } from './wishes.ts'

function inbox() {
  const told: unknown[] = []
  const socket = {
    markRead: (messages: unknown) => void told.push(['read', messages]),
    showTyping: (jid: string, state: string) => void told.push(['typing', jid, state]),
    watchTyping: (jid: string) => void told.push(['watch', jid]),
    appearOffline: () => {},
  }
  const wishes = createWishes({
    socket: () => socket,
    connection: () => socket,
    tell: () => {},
    sessionId: 'ses_A',
    now: () => new Date(0),
    after: () => {},
  })
  return { told, ...wishes }
}

test('wishes go to the LID where it is known, else to the number, and to nobody who has neither', () => {
  const { told, fulfil } = inbox()
  const both = { phone: '+999100', lid: '7@lid' }
  const messages = [both, { phone: '+999200' }, {}].map((chat, n) => ({ waMessageId: `3A${n}`, chat }))
  fulfil({ v: 1, kind: 'read', messages })
  fulfil({ v: 1, kind: 'typing', chat: both, state: 'composing' })
  fulfil({ v: 1, kind: 'typing', chat: {}, state: 'paused' })
  fulfil({ v: 1, kind: 'watch', chat: { phone: '+999200' }, chatId: 'cht_2' })
  fulfil({ v: 1, kind: 'watch', chat: {}, chatId: 'cht_3' })
  const read = [
    { id: '3A0', jid: '7@lid' },
    { id: '3A1', jid: '999200@s.whatsapp.net' },
  ]
  expect(told).toEqual([
    ['read', read],
    ['typing', '7@lid', 'composing'],
    ['watch', '999200@s.whatsapp.net'],
  ])
})
