import type { Event } from '@wagate/messages/events.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type ChatRow, openChats } from './chat-view/project.ts'
import { fold } from './fold.ts'
import type { MessageRow, MessageRowState } from './message-view/project.ts'
import { PoisonEvent } from './stored-event.ts'
import { createStory, messageIdOf, stored, timeOf } from './testing/events.ts'

const phone = { phone: '+999100200300' }
const lid = { lid: '77@lid' }
const both = { ...phone, ...lid }

function folded(events: Event[]): { chats: ChatRow[]; messages: MessageRow[] } {
  const { chats, messages } = fold(stored(events), new Map(), openChats([]))
  return { chats: [...chats.byId.values()], messages: [...messages.rows.values()] }
}

test('a message goes through its states, each with its time', () => {
  const story = createStory()
  const id = messageIdOf(1)
  const events = [story.created(), story.sent(id, phone), story.delivered(id, phone), story.read(id, phone)]
  const { messages } = folded([...events, story.played(id, phone)])
  expect(messages).toMatchObject([
    {
      state: 'played',
      created_at: timeOf(1),
      sent_at: timeOf(2),
      delivered_at: timeOf(3),
      read_at: timeOf(4),
      played_at: timeOf(5),
      stream_seq: 5,
    },
  ])
})

test('a state never moves back, whatever order receipts come in', () => {
  const order: Record<MessageRowState, number> = {
    received: -1,
    unknown: 0,
    sent: 1,
    delivered: 2,
    read: 3,
    played: 4,
    failed: 5,
    cancelled: 6,
    expired: 7,
  }
  const steps = fc.array(fc.constantFrom('sent', 'unconfirmed', 'delivered', 'read', 'played'), { maxLength: 12 })
  fc.assert(
    fc.property(steps, (names) => {
      const story = createStory()
      const id = messageIdOf(1)
      const events: Event[] = [story.created(), story.unconfirmed(id, phone)]
      let before: MessageRowState = 'unknown'
      for (const name of names) {
        events.push(story[name as 'sent'](id, phone))
        const state = folded(events).messages[0]?.state ?? 'unknown'
        expect(order[state]).toBeGreaterThanOrEqual(order[before])
        before = state
      }
    }),
  )
})

test('a message that was cancelled or expired has ended: nothing moves it, and it was never sent', () => {
  const story = createStory()
  const [a, b] = [messageIdOf(1), messageIdOf(2)]
  const events = [story.created(), story.cancelled(a, phone), story.expired(b, phone)]
  const rows = folded([...events, story.sent(a, phone), story.read(a, phone), story.failed(b, phone)]).messages
  expect(rows).toMatchObject([
    { message_id: a, state: 'cancelled', cancelled_at: timeOf(2), expired_at: null },
    { message_id: b, state: 'expired', expired_at: timeOf(3), cancelled_at: null },
  ])
  expect(folded(events).messages).toMatchObject([
    { sent_at: null, failed_at: null, wa_message_id: null },
    { sent_at: null, failed_at: null, wa_message_id: null },
  ])
})

test('folding in batches gives what folding at once gives', () => {
  const story = createStory()
  const [a, b] = [messageIdOf(1), messageIdOf(2)]
  const events = [
    story.created(),
    story.sent(a, phone),
    story.received(b, lid),
    story.delivered(a, both),
    story.read(a, phone),
    story.echoed(messageIdOf(3), lid),
    story.received(messageIdOf(4), phone, 'x', 'Ann'),
  ]
  const at = folded(events).chats
  for (let cut = 1; cut < events.length; cut++) {
    const sessions = new Map()
    const first = fold(stored(events.slice(0, cut)), sessions, openChats([]))
    const second = fold(stored(events.slice(cut), cut + 1), sessions, openChats([...first.chats.byId.values()]))
    expect([...second.chats.byId.values()]).toEqual(at)
  }
})

test('a person known by number and by LID becomes one chat with the older id', () => {
  const story = createStory()
  const { chats, messages } = folded([
    story.created(),
    story.received(messageIdOf(1), phone),
    story.received(messageIdOf(2), lid, 'x', 'Ann'),
    story.received(messageIdOf(3), both),
  ])
  expect(chats).toMatchObject([
    { ...both, name: 'Ann', unread_count: 3, last_message_id: messageIdOf(3), first_stream_seq: 2 },
  ])
  expect(new Set(messages.map((message) => message.chat_id))).toEqual(new Set([chats[0]?.chat_id]))
})

test('a receipt that knows both names merges too', () => {
  const story = createStory()
  const sent = story.sent(messageIdOf(1), phone)
  const { chats } = folded([sent, story.received(messageIdOf(2), lid), story.delivered(messageIdOf(1), both)])
  expect(chats).toMatchObject([both])
})

test('a number that moved to another person leaves the chat of the first', () => {
  const story = createStory()
  const other = { phone: phone.phone, lid: '88@lid' }
  const { chats } = folded([story.received(messageIdOf(1), both), story.received(messageIdOf(2), other)])
  expect(chats).toMatchObject([{ phone: null, lid: '77@lid' }, other])
})

test('a person with a new number keeps the chat', () => {
  const story = createStory()
  const moved = { phone: '+999555', lid: '77@lid' }
  const { chats } = folded([story.received(messageIdOf(1), both), story.received(messageIdOf(2), moved)])
  expect(chats).toMatchObject([moved])
})

test('unread counts what came since the account last wrote', () => {
  const story = createStory()
  const receive = (n: number) => story.received(messageIdOf(n), phone)
  const count = (events: Event[]) => folded(events).chats[0]?.unread_count
  const events = [receive(1), receive(2)]
  expect(count(events)).toBe(2)
  expect(count([...events, story.echoed(messageIdOf(3), phone)])).toBe(0)
  expect(count([...events, story.sent(messageIdOf(3), phone), receive(4)])).toBe(1)
})

test('a repeated event changes nothing', () => {
  const story = createStory()
  const events = [story.created(), story.received(messageIdOf(1), phone), story.received(messageIdOf(2), phone)]
  const again = fold(stored([...events, ...events]), new Map(), openChats([]))
  expect(again.repeats).toBe(3)
  expect([...again.chats.byId.values()]).toEqual(folded(events).chats)
})

test('an event that cannot be folded is named by its position', () => {
  const story = createStory()
  const created = story.created()
  const run = (event: Event) => () => fold(stored([created, event], 40), new Map(), openChats([]))
  expect(run(story.sent('msg_nonsense', phone))).toThrow(PoisonEvent)
  expect(run(story.sent('msg_nonsense', phone))).toThrow(expect.objectContaining({ seq: 41 }))
  expect(run(story.received(messageIdOf(1), {}))).toThrow('neither phone nor lid')
  expect(run(story.sent(messageIdOf(90 * 86_400_000), phone))).toThrow('out of range')
})
