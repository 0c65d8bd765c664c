import { chat as chatSchema } from '@wagate/api/chat.ts'
import { problem } from '@wagate/api/problems.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

async function openInbox() {
  const world = await createWorld()
  const { tenantId, params, key } = world.ours
  const agent = world.people.addMember(tenantId, 'agent')
  const token = await world.tokenOf(tenantId, agent)
  const chat = `/v1/chats/${params.chat_id}`
  const answer = async (method: string, path: string, body?: unknown, by = token) => {
    const response = await world.request(by, method, path, body)
    return { status: response.status, body: response.status === 204 ? undefined : await response.json() }
  }
  const unread = (count: number) => {
    const known = world.inbox.chats.find(({ id }) => id === params.chat_id)
    Object.assign(known ?? {}, { unread_count: count })
  }
  return { ...world, key, agent, chat, chatId: params.chat_id, sessionId: params.session_id, answer, unread }
}

test('whoever is signed in lists their own chats; an API key is told that it has none', async () => {
  const { answer, agent, chat, chatId, key } = await openInbox()
  const mine = async () => (await answer('GET', '/v1/chats?assignee=me')).body
  expect(await mine()).toMatchObject({ data: [] })
  expect((await answer('PATCH', chat, { assignee_id: agent })).body).toMatchObject({ id: chatId, assignee_id: agent })
  expect(await mine()).toMatchObject({ data: [{ id: chatId }] })
  expect((await answer('GET', `/v1/chats?assignee=${agent}`, undefined, key)).body).toMatchObject({ data: [{}] })
  expect((await answer('GET', '/v1/chats?assignee=none')).body).toMatchObject({ data: [] })
  const refused = await answer('GET', '/v1/chats?assignee=me', undefined, key)
  expect(problem.parse(refused.body)).toMatchObject({ code: 'invalid-request', errors: [{ path: 'assignee' }] })
})

test('a chat is given to members who may read, and that is on record and told', async () => {
  const { answer, agent, chat, chatId, sessionId, people, theirs, inbox, onRecord } = await openInbox()
  const stranger = people.addMember(theirs.tenantId, 'agent')
  for (const nobody of [stranger, 'per_nobody', 'no id at all'])
    expect(problem.parse((await answer('PATCH', chat, { assignee_id: nobody })).body).code).toBe('assignee-refused')
  expect(inbox.told).toEqual([])
  await answer('PATCH', chat, { assignee_id: agent })
  await answer('PATCH', chat, { assignee_id: null })
  expect(inbox.told).toMatchObject([1, 2].map(() => ({ type: 'chat.updated', chatId, sessionId })))
  expect(onRecord.published.map(({ action, targets, changes }) => ({ action, targets, changes }))).toEqual([
    { action: 'chat.assigned', targets: [chatId], changes: { from: null, to: agent } },
    { action: 'chat.assigned', targets: [chatId], changes: { from: agent, to: null } },
  ])
})

test('reading marks the chat once, tells the others, and wishes that WhatsApp be told', async () => {
  const { answer, chat, unread, inbox, onRecord } = await openInbox()
  unread(2)
  const marked = await answer('POST', `${chat}/read`)
  expect(chatSchema.parse(marked.body)).toMatchObject({ unread_count: 0, read_at: expect.any(String) })
  expect((await answer('POST', `${chat}/read`, {})).status).toBe(200)
  expect(inbox.told).toHaveLength(1)
  expect(inbox.wishes).toMatchObject([{ kind: 'read', messages: [{ waMessageId: '3A0' }, { waMessageId: '3A1' }] }])
  expect(onRecord.published).toEqual([])
  const none = await answer('POST', `${chat}/read`, { message_id: 'msg_none' })
  expect(problem.parse(none.body).code).toBe('message-not-found')
})

test('typing and watching are wishes to the session, of whoever the chat is with, and tell nobody else', async () => {
  const { answer, chat, chatId, inbox } = await openInbox()
  expect(await answer('POST', `${chat}/typing`, { state: 'composing' })).toEqual({ status: 204, body: undefined })
  const other = { phone: '+999100200300' }
  expect(inbox.wishes).toEqual([{ v: 1, kind: 'typing', chat: other, state: 'composing' }])
  expect(await answer('POST', `${chat}/watch`)).toEqual({ status: 204, body: undefined })
  expect(inbox.wishes.slice(1)).toEqual([{ v: 1, kind: 'watch', chat: other, chatId }])
  expect(inbox.told).toEqual([])
})

test('a key for some sessions lists, counts and marks the chats of those only', async () => {
  const {
    answer,
    addKey,
    addSession,
    ours,
    inbox: { chats },
    chatId,
    unread,
    sessionId,
  } = await openInbox()
  const other = await addSession(ours.tenantId, 'test')
  unread(1)
  const known = chats.find(({ id }) => id === chatId)
  if (known) chats.push({ ...known, id: `${chatId.slice(0, -1)}0`, session_id: other })
  const key = addKey(ours.tenantId, 'test', undefined, { sessionIds: [sessionId] })
  expect((await answer('GET', '/v1/chats', undefined, key)).body).toMatchObject({ data: [{ id: chatId }] })
  expect((await answer('GET', '/v1/chats/counts', undefined, key)).body).toMatchObject({ unread: 1 })
  expect((await answer('GET', '/v1/chats/counts')).body).toMatchObject({ unread: 2 })
})

test('a cursor is good for the very filters that it comes from', async () => {
  const {
    answer,
    inbox: { chats },
    chatId,
    key,
  } = await openInbox()
  const known = chats.find(({ id }) => id === chatId)
  if (known) chats.push({ ...known, id: `${chatId.slice(0, -1)}0` })
  const page = await answer('GET', '/v1/chats?limit=1&assignee=none', undefined, key)
  const cursor = (page.body as { next_cursor: string }).next_cursor
  expect((await answer('GET', `/v1/chats?limit=1&assignee=none&cursor=${cursor}`, undefined, key)).status).toBe(200)
  for (const filter of ['', '&assignee=per_1', '&assignee=none&unread=true', '&assignee=none&q=ada'])
    expect((await answer('GET', `/v1/chats?limit=1${filter}&cursor=${cursor}`, undefined, key)).status).toBe(422)
})
