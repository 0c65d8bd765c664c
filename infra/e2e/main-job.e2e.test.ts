// The main job, as a customer does it: one test per chapter, in order, on one tenant.

import type { Notice } from '@wagate/api/notice.ts'
import type { Phone } from '@wagate/api/sandbox.ts'
import { type EventFeed, followEvents } from '@wagate/testing/history/observe.ts'
import { connected, type LinkedSession, link } from '@wagate/testing/linked-session.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createTenant, type TestTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { startWebhookReceiver, type WebhookReceiver } from '@wagate/testing/webhook-receiver.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf } from './src/problem.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let tenant: TestTenant
let receiver: WebhookReceiver
let feed: EventFeed
let ana: Phone
let shop: LinkedSession

const text = (body: string) => ({ to: ana.number, type: 'text', text: { body } }) as const
const ofShop = (event: { session_id: string }) => event.session_id === shop.sessionId
const sessionEvent = (type: string) =>
  feed.next((event) => event.type === type && ofShop(event), { what: `${type} in the event stream` })
const closed = () => waitFor(async () => (await tenant.client.getSession(shop.sessionId)).status === 'closed')

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack()
  tenant = await createTenant(stack)
  receiver = await startWebhookReceiver()
  feed = await followEvents(tenant.client)
  receiver.trust((await tenant.client.createWebhook({ url: receiver.url })).secret)
  ana = await tenant.client.createPhone({ name: 'Ana' })
})

afterAll(async () => {
  await feed?.[Symbol.asyncDispose]()
  await receiver?.[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

test('a new session shows a QR code as text and as an image, and is connected once a phone has scanned it', async () => {
  const { client } = tenant
  const { id, status } = await client.createSession({ name: 'shop' })
  const phone = await client.createPhone({ name: 'Shop' })
  shop = { sessionId: id, phone }
  expect(status).toBe('starting')
  const { qr, expires_at } = await waitFor(() => client.getQr(id), { what: 'the QR code', deadlineMs: 60_000 })
  expect(Date.parse(expires_at)).toBeGreaterThan(Date.now())
  expect(
    Buffer.from(await client.getQrPng(id))
      .subarray(1, 4)
      .toString(),
  ).toBe('PNG')
  expect((await client.getSession(id)).status).toBe('awaiting_qr')

  await link(client, id, phone)
  expect((await client.getSession(id)).account).toEqual({ phone: phone.number, lid: phone.lid })
  expect(await problemOf(client.getQr(id))).toMatchObject({ status: 409, code: 'session-already-linked' })
  for (const type of ['session.created', 'session.qr_issued', 'session.paired', 'session.connected']) {
    await sessionEvent(type)
  }
  expect(JSON.stringify(feed.events)).not.toContain(qr)
})

test('a message that was sent is on the other phone, and its states can be followed until it is read', async () => {
  const { client } = tenant
  const accepted = await client.sendMessage(shop.sessionId, text('hello Ana'))
  expect(accepted).toMatchObject({ status: 'accepted', session_id: shop.sessionId, to: ana.number, type: 'text' })
  const [shown] = await waitFor(async () => {
    const { data } = await client.listPhoneMessages(ana.id)
    return data.length > 0 && data
  })
  expect(shown).toMatchObject({ from: shop.phone.number, from_me: false, text: 'hello Ana' })

  const inState = (status: string) =>
    waitFor(async () => {
      const message = await client.getMessage(accepted.id)
      return message.status === status && message
    })
  const delivered = await inState('delivered')
  expect(delivered).toMatchObject({ direction: 'outbound', via: 'api', wa_message_id: shown?.id, read_at: null })
  expect(delivered.sent_at).not.toBeNull()
  await client.readOnPhone(ana.id)
  const read = await inState('read')
  expect(Date.parse(read.read_at ?? '')).toBeGreaterThanOrEqual(Date.parse(read.delivered_at ?? ''))
  const told = feed.events.flatMap(({ data }) =>
    'message_id' in data.data && data.data.message_id === accepted.id ? [data.type] : [],
  )
  expect(told).toEqual(['message.sent', 'message.delivered', 'message.read'])
})

test('a reply is in the lists, in its chat, at the webhook with a good signature, and in the event stream', async () => {
  const { client } = tenant
  const { id: waMessageId } = await client.sendFromPhone(ana.id, { to: shop.phone.number, text: 'hello shop' })
  const hook = await waitFor(() =>
    receiver.received.find(({ event }) => event.type === 'message.received' && ofShop(event)),
  )
  expect(hook.event.data).toMatchObject({
    wa_message_id: waMessageId,
    type: 'text',
    text: { body: 'hello shop' },
    from: { phone: ana.number, lid: ana.lid },
    push_name: 'Ana',
  })
  expect(hook.webhookId).toBe(hook.event.id)
  expect(receiver.refused).toEqual([])

  const [newest] = await waitFor(async () => {
    const { data } = await client.listMessages(shop.sessionId)
    return data[0]?.direction === 'inbound' && data
  })
  expect(newest).toMatchObject({ status: 'received', text: { body: 'hello shop' }, wa_message_id: waMessageId })
  const { data: chats } = await client.listChats()
  expect(chats).toMatchObject([{ session_id: shop.sessionId, phone: ana.number, lid: ana.lid, unread_count: 1 }])
  const inChat = await client.listChatMessages(chats[0]?.id ?? '')
  expect(inChat.data.map((message) => message.text?.body)).toEqual(['hello shop', 'hello Ana'])
  await feed.next((event) => event.id === hook.event.id)
})

test('the inbox finds the reply, marks it as read, and the other phone sees that, and that somebody types', async () => {
  const { client } = tenant
  const { data: found } = await client.searchMessages({ q: 'SHO hello' })
  expect(found).toMatchObject([{ text: { body: 'hello shop' }, chat: { phone: ana.number, name: 'Ana' } }])
  const { data: chats } = await client.listChats({ unread: 'true', q: ana.number.slice(4) })
  const [chat] = chats
  expect(chat).toMatchObject({ unread_count: 1, last_message: { text: { body: 'hello shop' } } })
  expect(await client.getChatCounts()).toEqual({ unread: 1, mine_unread: 0, unassigned_unread: 1 })
  const told = new AbortController()
  const notices: Notice[] = []
  const opened = Promise.withResolvers<void>()
  const hear = { signal: told.signal, onOpen: opened.resolve, onNotice: (one: Notice) => notices.push(one) }
  const followed = Array.fromAsync(client.events(hear))
  await opened.promise
  expect(await client.markChatRead(chat?.id ?? '')).toMatchObject({ unread_count: 0 })
  await waitFor(() => notices.some(({ type, data }) => type === 'chat.updated' && data.chat_id === chat?.id))
  await client.watchChat(chat?.id ?? '')
  // WhatsApp says nothing of what it was told, so the phone types until it is heard.
  await waitFor(async () => {
    await client.typeOnPhone(ana.id, { to: shop.phone.number, state: 'composing' })
    return notices.some(({ type, data }) => type === 'chat.typing' && data.chat_id === chat?.id)
  })
  told.abort()
  await followed
  await waitFor(async () =>
    (await client.listPhoneMessages(ana.id)).data.some(
      ({ text, status }) => text === 'hello shop' && status === 'read',
    ),
  )
  await client.showTyping(chat?.id ?? '', { state: 'composing' })
  await waitFor(async () => (await client.getPhone(ana.id)).typing.length > 0)
  expect(await client.getChatCounts()).toEqual({ unread: 0, mine_unread: 0, unassigned_unread: 0 })
})

test('what was used shows in the usage of the day, as figures and as a table', async () => {
  const { client } = tenant
  const [from, to] = [-1, 1].map((days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10))
  const range = { from: from ?? '', to: to ?? '' }
  const { mode, days, total } = await waitFor(async () => {
    const shown = await client.getUsage(range)
    return shown.total.messages.received === 1 && shown
  })
  expect({ mode, days: days.length }).toEqual({ mode: 'test', days: 3 })
  expect(total).toMatchObject({ sessions: 1, messages: { sent: 1, received: 1, delivered: 1, read: 1, failed: 0 } })
  expect(total.messages.by_type).toEqual({ text: { sent: 1, sent_by_phone: 0, received: 1 } })
  expect((await client.getUsageCsv(range)).split('\r\n')).toHaveLength(5)
})

test('a client that comes back with its last event id misses nothing and sees nothing twice', async () => {
  const { client } = tenant
  const middle = feed.events[Math.floor(feed.events.length / 2)]
  const known = feed.events.slice(feed.events.findIndex(({ id }) => id === middle?.id) + 1).map(({ id }) => id)
  const stopping = new AbortController()
  const resumed: string[] = []
  const stream = client.events({ lastEventId: middle?.id ?? '', signal: stopping.signal })
  for await (const { id } of stream) {
    resumed.push(id)
    if (resumed.length === known.length) break
  }
  stopping.abort()
  expect(resumed).toEqual(known)
})

test('a repeated send with the same idempotency key is answered the same and shown once', async () => {
  const { client } = tenant
  const send = () => client.sendMessage(shop.sessionId, text('only once'), { idempotencyKey: 'order-1' })
  const [one, two] = [await send(), await send()]
  expect(two).toEqual(one)
  const other = client.sendMessage(shop.sessionId, text('another body'), { idempotencyKey: 'order-1' })
  expect(await problemOf(other)).toMatchObject({ status: 422, code: 'idempotency-key-reused' })
  // A message behind them shows that nothing else is under way.
  await client.sendMessage(shop.sessionId, text('after'))
  const texts = await waitFor(async () => {
    const shown = (await client.listPhoneMessages(ana.id)).data.filter(({ from_me }) => !from_me).map((m) => m.text)
    return shown.includes('after') && shown
  })
  expect(texts).toEqual(['hello Ana', 'only once', 'after'])
})

test('a restart brings the session back without a scan', async () => {
  const { client } = tenant
  const connections = () => feed.events.filter(({ data }) => data.type === 'session.connected' && ofShop(data)).length
  const before = connections()
  await client.restartSession(shop.sessionId)
  await waitFor(() => connections() > before, { what: 'a second session.connected', deadlineMs: 30_000 })
  await connected(client, shop.sessionId)
  expect(feed.events.filter(({ data }) => data.type === 'session.paired')).toHaveLength(1)
})

test('after a logout sends are refused with a reason, and a restart and a scan link the session again', async () => {
  const { client } = tenant
  await client.logoutSession(shop.sessionId)
  const { data } = await sessionEvent('session.closed')
  expect(data).toMatchObject({ reason: 'logged_out' })
  await closed()
  expect(await client.getSession(shop.sessionId)).toMatchObject({ status: 'closed', reason: 'logged_out' })
  expect(await problemOf(client.sendMessage(shop.sessionId, text('too late')))).toMatchObject({
    status: 409,
    code: 'session-closed',
  })
  expect((await client.getPhone(shop.phone.id)).linked_devices).toEqual([])

  await client.restartSession(shop.sessionId)
  await link(client, shop.sessionId, shop.phone)
  const again = await client.sendMessage(shop.sessionId, text('linked again'))
  await waitFor(async () => (await client.getMessage(again.id)).status === 'delivered')
})

test('a deleted session is not found from then on, unlinked at the phone, and its last event says so', async () => {
  const { client } = tenant
  await client.deleteSession(shop.sessionId)
  const gone = { status: 404, code: 'session-not-found' }
  expect(await problemOf(client.getSession(shop.sessionId))).toMatchObject(gone)
  expect(await problemOf(client.sendMessage(shop.sessionId, text('too late')))).toMatchObject(gone)
  await sessionEvent('session.deleted')
  await waitFor(() => receiver.received.some(({ event }) => event.type === 'session.deleted' && ofShop(event)), {
    what: 'session.deleted at the webhook',
  })
  expect((await client.listSessions()).data).toEqual([])
  expect((await client.getPhone(shop.phone.id)).linked_devices).toEqual([])
})
