import { timeOfId } from '@wagate/messages/ids.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId, type Surroundings, startGateway, startSurroundings } from './testing/gateway-process.ts'

let surroundings: Surroundings
let gateway: Awaited<ReturnType<typeof startGateway>>
let projector: postgres.Sql
let webhooks: postgres.Sql
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  gateway = stack.use(await startGateway(surroundings, { ALLOW_PRIVATE_ENDPOINTS: 'true' }))
  projector = postgres(surroundings.database.urlFor('wagate_projector'), { max: 1 })
  webhooks = postgres(surroundings.database.urlFor('wagate_webhooks'), { max: 1 })
  stack.defer(() => projector.end())
  stack.defer(() => webhooks.end())
})
afterAll(() => stack.disposeAsync())

async function tenantWithSession(mode: 'test' | 'live' = 'test') {
  const tenantId = await surroundings.addTenant()
  const { apiKey } = await surroundings.addKey(tenantId, mode)
  const client = gateway.client(apiKey)
  await waitFor(() => client.listSessions())
  return { tenantId, client, sessionId: (await client.createSession()).id }
}

/** What the projector would write: a session, a chat and messages of it. */
async function project(tenantId: string, sessionId: string, mode: 'test' | 'live', messages: number) {
  const at = new Date()
  await projector`select ensure_message_partition(${at})`
  await projector`insert into session_view ${projector({
    ...{ tenant_id: tenantId, session_id: sessionId, mode, status: 'connected', created_at: at, changed_at: at },
    ...{ sequence: 1, first_stream_seq: 1, stream_seq: 1 },
  })} on conflict do nothing`
  const chatId = newId('chat')
  const ids = Array.from({ length: messages }, () => newId('message'))
  for (const [n, id] of ids.entries()) {
    const state = n % 2 === 0 ? 'delivered' : 'received'
    await projector`insert into message_view ${projector({
      ...{
        tenant_id: tenantId,
        message_id: id,
        created_at: new Date(timeOfId(id)),
        session_id: sessionId,
        chat_id: chatId,
      },
      ...{ direction: n % 2 === 0 ? 'out' : 'in', chat_phone: '+999100200300', type: 'text', state, stream_seq: n + 1 },
      content: projector.json({ type: 'text', text: { body: `message ${n}` } }),
    })}`
  }
  await projector`insert into chat_view ${projector({
    ...{
      tenant_id: tenantId,
      chat_id: chatId,
      session_id: sessionId,
      mode,
      phone: '+999100200300',
      last_message_id: ids.at(-1) ?? '',
    },
    ...{ last_message_at: at, unread_count: 1, created_at: at, first_stream_seq: 1, stream_seq: 1 },
  })}`
  return { chatId, ids }
}

test('pages of a list hold every message once, newest first', async () => {
  const { client, tenantId, sessionId } = await tenantWithSession()
  const { chatId, ids } = await project(tenantId, sessionId, 'test', 25)
  const lists = [
    (cursor?: string) => client.listMessages(sessionId, { limit: 10, ...(cursor && { cursor }) }),
    (cursor?: string) => client.listChatMessages(chatId, { limit: 10, ...(cursor && { cursor }) }),
  ]
  for (const list of lists) {
    const seen: string[] = []
    const sizes: number[] = []
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await list(cursor)
      seen.push(...page.data.map(({ id }) => id))
      sizes.push(page.data.length)
      cursor = page.next_cursor
    }
    expect(sizes).toEqual([10, 10, 5])
    expect(seen).toEqual(ids.toSorted().toReversed())
  }
  const { next_cursor } = await client.listMessages(sessionId, { limit: 10 })
  const elsewhere = client.listChatMessages(chatId, { cursor: next_cursor ?? '' })
  await expect(elsewhere).rejects.toMatchObject({ problem: { code: 'invalid-cursor' } })
})

test('a message and a chat are shown with what their rows say', async () => {
  const { client, tenantId, sessionId } = await tenantWithSession()
  const { chatId, ids } = await project(tenantId, sessionId, 'test', 2)
  expect(await client.getMessage(ids[0] ?? '')).toMatchObject({
    ...{ id: ids[0], session_id: sessionId, chat_id: chatId, direction: 'outbound', via: 'api', status: 'delivered' },
    ...{ type: 'text', text: { body: 'message 0' }, chat: { phone: '+999100200300', lid: null }, from: null },
  })
  expect(await client.getMessage(ids[1] ?? '')).toMatchObject({ direction: 'inbound', via: null, status: 'received' })
  const chats = await client.listChats({ session_id: sessionId })
  expect(chats.data).toMatchObject([{ id: chatId, session_id: sessionId, phone: '+999100200300', unread_count: 1 }])
  expect((await client.listChats({ session_id: newId('session') })).data).toEqual([])
})

test("another tenant's and the other mode's rows are not there", async () => {
  const ours = await tenantWithSession('test')
  const theirs = await tenantWithSession('test')
  const liveKey = await surroundings.addKey(theirs.tenantId, 'live')
  const live = gateway.client(liveKey.apiKey)
  await waitFor(() => live.listSessions())
  const { chatId, ids } = await project(theirs.tenantId, theirs.sessionId, 'test', 1)
  for (const client of [ours.client, live]) {
    await expect(client.getMessage(ids[0] ?? '')).rejects.toMatchObject({ problem: { code: 'message-not-found' } })
    await expect(client.listChatMessages(chatId)).rejects.toMatchObject({ problem: { code: 'chat-not-found' } })
    expect((await client.listChats()).data).toEqual([])
  }
  expect((await theirs.client.listChats()).data).toHaveLength(1)
})

test('a webhook endpoint lives: made with a secret that is shown once, changed, rotated, deleted', async () => {
  const { client, tenantId } = await tenantWithSession()
  const body = { url: 'http://127.0.0.1:9/hook', event_types: ['message.received' as const] }
  const made = await client.createWebhook(body, { idempotencyKey: 'w' })
  expect(made).toMatchObject({ ...body, mode: 'test', enabled: true, disabled_reason: null })
  expect(Buffer.from(made.secret.replace(/^whsec_/, ''), 'base64')).toHaveLength(32)
  expect(await client.createWebhook(body, { idempotencyKey: 'w' })).toEqual(made)
  const { secret: _, ...shown } = made
  expect((await client.listWebhooks()).data).toEqual([shown])
  const stored = await webhooks`select secret_ciphertext from webhook_endpoint where endpoint_id = ${made.id}`
  expect(JSON.stringify(stored)).not.toContain(made.secret)
  expect(await client.updateWebhook(made.id, { enabled: false })).toMatchObject({
    enabled: false,
    disabled_reason: 'by_user',
  })
  expect(await client.updateWebhook(made.id, { enabled: true, description: 'd' })).toMatchObject({
    enabled: true,
    disabled_reason: null,
  })
  expect((await client.rotateWebhookSecret(made.id)).secret).not.toBe(made.secret)

  const at = new Date()
  await webhooks`insert into webhook_delivery ${webhooks({
    ...{
      tenant_id: tenantId,
      delivery_id: newId('delivery'),
      endpoint_id: made.id,
      event_id: 'evt_1',
      event_type: 'message.received',
    },
    ...{
      session_id: 'ses_1',
      stream_seq: 1,
      body: '{}',
      status: 'delivered',
      attempts: 1,
      last_status_code: 200,
      created_at: at,
      settled_at: at,
    },
  })}`
  expect((await client.listDeliveries(made.id)).data).toMatchObject([
    { event_id: 'evt_1', status: 'delivered', last_status_code: 200 },
  ])
  expect((await client.listDeliveries(made.id, { status: 'pending' })).data).toEqual([])

  await client.deleteWebhook(made.id)
  await expect(client.getWebhook(made.id)).rejects.toMatchObject({ problem: { code: 'webhook-not-found' } })
  expect((await client.listWebhooks()).data).toEqual([])
})
