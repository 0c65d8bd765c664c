import fc from 'fast-check'
import { expect, test } from 'vitest'
import { topicsOf, topicsOfChat } from './topics.ts'

type Chat = Parameters<typeof topicsOfChat>[0]

const ana: Chat = { id: 'cht_a', session_id: 'ses_1', phone: '+999100', lid: '1@lid' }
const bob: Chat = { id: 'cht_b', session_id: 'ses_1', phone: '+999200', lid: null }

const told = (type: string, chat: { phone: string | null; lid: string | null }, session_id = 'ses_1') => ({
  type,
  data: JSON.stringify({ type, session_id, data: { chat } }),
})
const bare = (type: string, data: object = {}) => ({ type, data: JSON.stringify({ type, data }) })
const concerns = (event: Parameters<typeof topicsOf>[0], chat: Chat) =>
  topicsOf(event).some((topic) => topicsOfChat(chat).includes(topic))

test('a message has its conversation read again, by whichever name it is told, and no other one', () => {
  for (const names of [
    { phone: '+999100', lid: null },
    { phone: null, lid: '1@lid' },
    { phone: '+999100', lid: '1@lid' },
  ]) {
    expect(concerns(told('message.received', names), ana)).toBe(true)
    expect(concerns(told('message.received', names), bob)).toBe(false)
    expect(concerns(told('message.received', names, 'ses_2'), ana)).toBe(false)
  }
})

test('whatever is known of somebody, an event concerns a chat if they have a name in common, and only then', () => {
  const phone = fc.option(fc.constantFrom('+999100', '+999200'), { nil: null })
  const lid = fc.option(fc.constantFrom('1@lid', '2@lid'), { nil: null })
  fc.assert(
    fc.property(phone, lid, phone, lid, (phone, lid, toldPhone, toldLid) => {
      const shared = (phone !== null && phone === toldPhone) || (lid !== null && lid === toldLid)
      const event = told('message.sent', { phone: toldPhone, lid: toldLid })
      expect(concerns(event, { ...ana, phone, lid })).toBe(shared)
    }),
  )
})

test('every message has the lists read again; receipts change no count', () => {
  const received = topicsOf(told('message.received', ana))
  expect(received).toEqual(expect.arrayContaining(['messages', 'chats', 'phones', 'unread']))
  for (const type of ['message.delivered', 'message.read', 'message.played']) {
    expect(topicsOf(told(type, ana))).toContain('chats')
    expect(topicsOf(told(type, ana))).not.toContain('unread')
    expect(concerns(told(type, ana), ana)).toBe(true)
  }
})

test('what somebody did about a chat has that one, the list and the count read again', () => {
  const updated = bare('chat.updated', { chat_id: 'cht_a', session_id: 'ses_1' })
  expect(topicsOf(updated)).toEqual(expect.arrayContaining(['chats', 'unread']))
  expect([concerns(updated, ana), concerns(updated, bob)]).toEqual([true, false])
})

test('whatever happens to a session has lists of sessions read again, a new name too', () => {
  for (const type of ['session.connected', 'session.updated']) expect(topicsOf(bare(type))).toContain('sessions')
})

test('typing has nothing read, and what a page knows nothing of changes nothing on it', () => {
  for (const type of ['chat.typing', 'call.offered', 'tomorrow.invented']) expect(topicsOf(bare(type))).toEqual([])
})
