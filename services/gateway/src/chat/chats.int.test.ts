// Chats as an inbox reads and marks them, on a real database, with the gateway's own role.
import type { Chat } from '@wagate/api/chat.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openInbox } from '../testing/inbox.ts'
import type { ChatFilter } from './views.ts'

const everything = { sessionIds: undefined }
const firstPage = { limit: 50, after: undefined }
type Inbox = Awaited<ReturnType<typeof openInbox>>

const listed = async ({ chats }: Inbox, filter: Partial<ChatFilter> = {}, tenantId = 'ten_a') =>
  (await chats.list(tenantId, 'live', { ...everything, ...filter }, firstPage)).map(({ item }) => item)
const idsOf = (chats: Chat[]) => chats.map(({ id }) => id)

test('a chat shows its last message: the beginning of its text, and how far it got', async () => {
  await using inbox = await openInbox()
  const [long, picture, gone] = [await inbox.chat({ at: 3 }), await inbox.chat({ at: 2 }), await inbox.chat({ at: 1 })]
  const id = await inbox.message(long, 30, { direction: 'out', body: `${'a'.repeat(159)}😀 and more` })
  await inbox.message(picture, 20, { type: 'imageMessage' })
  const chats = await listed(inbox)
  expect(idsOf(chats)).toEqual([long, picture, gone])
  expect(chats.map(({ last_message }) => last_message)).toEqual([
    {
      ...{ id, direction: 'outbound', via: 'api', status: 'sent', type: 'text', text: { body: 'a'.repeat(159) } },
      created_at: inbox.timeOf(30).toISOString(),
    },
    expect.objectContaining({ direction: 'inbound', via: null, status: 'received', type: 'unsupported' }),
    null,
  ])
  expect(await inbox.chats.find('ten_a', 'live', long)).toEqual(chats[0])
})

test('chats are found by whom they are assigned to, by what is unread, by name and by digits of the number', async () => {
  await using inbox = await openInbox()
  const [ada, ben] = [await inbox.member(), await inbox.member()]
  const hers = await inbox.chat({ at: 3, name: 'Zoë 100% Müller', phone: '+4930123456' })
  const his = await inbox.chat({ at: 2, name: 'MÜLLER, Bob_x', phone: '+4915112345' })
  const nobodys = await inbox.chat({ at: 1, sessionId: 'ses_2' })
  await inbox.message(hers, 30)
  await inbox.message(nobodys, 10)
  await inbox.desks.assign('ten_a', 'live', hers, ada)
  await inbox.desks.assign('ten_a', 'live', his, ben)
  const found = async (filter: Partial<ChatFilter>) => idsOf(await listed(inbox, filter))
  expect(await found({ assigneeId: ada })).toEqual([hers])
  expect(await found({ assigneeId: null })).toEqual([nobodys])
  expect(await found({ unread: true })).toEqual([hers, nobodys])
  expect(await found({ unread: true, sessionIds: ['ses_2'] })).toEqual([nobodys])
  expect(await found({ q: 'müller' })).toEqual([hers, his])
  expect(await found({ q: '100%' })).toEqual([hers])
  expect(await found({ q: '0%' })).toEqual([hers])
  expect(await found({ q: '_x' })).toEqual([his])
  expect(await found({ q: '\\' })).toEqual([])
  expect(await found({ q: '(30) 123' })).toEqual([hers])
  expect(await found({ q: '+49' })).toEqual([hers, his])
  expect(await found({ q: '12345', assigneeId: ben })).toEqual([his])
})

test('a chat goes to a member, and to nobody when the member leaves', async () => {
  await using inbox = await openInbox()
  const [ada, stranger] = [await inbox.member(), await inbox.member('ten_b')]
  const chat = await inbox.chat()
  expect(await inbox.desks.assign('ten_a', 'live', chat, ada)).toMatchObject({ id: chat, assignee_id: ada })
  expect(await inbox.desks.assign('ten_a', 'live', chat, stranger)).toBe('not-a-member')
  expect(await inbox.desks.assign('ten_b', 'live', chat, stranger)).toBeUndefined()
  expect(await inbox.desks.assign('ten_a', 'test', chat, ada)).toBeUndefined()
  await inbox.message(chat, 1)
  await inbox.desks.markRead('ten_a', 'live', chat, { messageId: undefined, at: inbox.timeOf(2) })
  await inbox.api`delete from member where person_id = ${ada}`
  expect(await inbox.chats.find('ten_a', 'live', chat)).toMatchObject({ assignee_id: null, unread_count: 0 })
})

test('what is marked as read is read, for everybody; what came later is not', async () => {
  await using inbox = await openInbox()
  const chat = await inbox.chat({ phone: '+999100' })
  const ids = [await inbox.message(chat, 1), await inbox.message(chat, 2), await inbox.message(chat, 3)]
  const mark = (messageId?: string, minute = 10) =>
    inbox.desks.markRead('ten_a', 'live', chat, { messageId, at: inbox.timeOf(minute) })
  expect(await mark(ids[1])).toMatchObject({
    chat: { unread_count: 1, read_at: inbox.timeOf(10).toISOString() },
    moved: true,
    read: ['3A2', '3A1'].map((waMessageId) => ({ waMessageId, chat: { phone: '+999100' } })),
  })
  expect(await mark(ids[0], 11)).toMatchObject({ chat: { unread_count: 1 }, moved: false, read: [] })
  expect(await mark()).toMatchObject({ chat: { unread_count: 0 }, moved: true, read: [{ waMessageId: '3A3' }] })
  expect(await mark()).toMatchObject({ moved: false, read: [] })
  await inbox.message(chat, 4)
  expect(await listed(inbox, { unread: true })).toMatchObject([{ id: chat, unread_count: 1 }])
  await inbox.message(chat, 5, { direction: 'out' })
  expect(await listed(inbox, { unread: true })).toEqual([])
  const elsewhere = await inbox.message(await inbox.chat(), 6)
  for (const none of [elsewhere, 'msg_none', 'x']) expect(await mark(none)).toBe('no-such-message')
  expect(await inbox.desks.markRead('ten_b', 'live', chat, { messageId: undefined, at: new Date() })).toBeUndefined()
})

test('a mark never moves back, and never hides what it does not cover, whatever is marked in whatever order', async () => {
  await using inbox = await openInbox()
  const step = fc.oneof(
    fc.record({ kind: fc.constantFrom('in' as const, 'out' as const) }),
    fc.record({ kind: fc.constant('mark' as const), place: fc.nat(20) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 12 }), async (steps) => {
      const chat = await inbox.chat()
      const messages: { id: string; direction: 'in' | 'out' }[] = []
      let mark = -1
      for (const next of steps) {
        if (next.kind !== 'mark') {
          const id = await inbox.message(chat, messages.length, { direction: next.kind })
          messages.push({ id, direction: next.kind })
        } else if (messages.length > 0) {
          const place = next.place % messages.length
          const messageId = messages[place]?.id
          const done = await inbox.desks.markRead('ten_a', 'live', chat, { messageId, at: new Date() })
          expect(done).toMatchObject({ moved: place > mark })
          mark = Math.max(mark, place)
        }
        const written = messages.findLastIndex(({ direction }) => direction === 'out')
        const unread = messages.length - 1 - Math.max(mark, written)
        expect(await inbox.chats.find('ten_a', 'live', chat)).toMatchObject({ unread_count: unread })
      }
    }),
    { numRuns: 40 },
  )
})

test('no more is counted than is shown: 99 messages of a chat, 99 chats', async () => {
  await using inbox = await openInbox()
  const ada = await inbox.member()
  const many = await inbox.chat({ unread: 500 })
  expect(await inbox.chats.find('ten_a', 'live', many)).toMatchObject({ unread_count: 99 })
  for (let n = 0; n < 103; n++) await inbox.message(many, n)
  const first = (
    await inbox.views.listMessages('ten_a', 'live', { chatId: many }, { limit: 200, after: undefined })
  ).at(-1)
  expect(first).toBeUndefined() // there is no session yet, and messages are a mode's by their session
  await inbox.session()
  const oldest = (
    await inbox.views.listMessages('ten_a', 'live', { chatId: many }, { limit: 200, after: undefined })
  ).at(-1)
  const messageId = oldest?.item.id
  const marked = await inbox.desks.markRead('ten_a', 'live', many, { messageId, at: new Date() })
  expect(marked).toMatchObject({ chat: { unread_count: 99 } })
  const mine = { sessionIds: undefined, personId: ada }
  expect(await inbox.chats.counts('ten_a', 'live', mine)).toEqual({ unread: 1, mine_unread: 0, unassigned_unread: 1 })
  for (let n = 0; n < 120; n++) await inbox.chat({ unread: 1, sessionId: n === 0 ? 'ses_2' : 'ses_1' })
  await inbox.desks.assign('ten_a', 'live', many, ada)
  expect(await inbox.chats.counts('ten_a', 'live', mine)).toEqual({ unread: 99, mine_unread: 1, unassigned_unread: 99 })
  const some = { sessionIds: ['ses_2'], personId: undefined }
  expect(await inbox.chats.counts('ten_a', 'live', some)).toEqual({ unread: 1, mine_unread: 0, unassigned_unread: 1 })
  expect(await inbox.chats.counts('ten_a', 'test', mine)).toEqual({ unread: 0, mine_unread: 0, unassigned_unread: 0 })
})
