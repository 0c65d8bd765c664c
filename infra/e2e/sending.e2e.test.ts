// What happens to messages between acceptance and WhatsApp: pace, lanes, strangers, cancelling, expiry, and what the API shows.
import type { SendMessage } from '@wagate/api/message.ts'
import type { Phone } from '@wagate/api/sandbox.ts'
import { enginePids } from '@wagate/testing/engines.ts'
import { type EventFeed, followEvents } from '@wagate/testing/history/observe.ts'
import { connected, createLinkedSession, type LinkedSession } from '@wagate/testing/linked-session.ts'
import { injectFault } from '@wagate/testing/sandbox-control.ts'
import { startStack, type TestStack } from '@wagate/testing/stack.ts'
import { createTenant, type TestTenant } from '@wagate/testing/tenant.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { startWebhookReceiver, type WebhookReceiver } from '@wagate/testing/webhook-receiver.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { problemOf } from './src/problem.ts'
import { tellLogsOfFailures } from './src/tell-logs.ts'

let stack: TestStack
let tenant: TestTenant
let feed: EventFeed
let shop: LinkedSession
let ana: Phone
let ben: Phone
let eve: Phone
let receiver: WebhookReceiver

tellLogsOfFailures(() => stack)
beforeAll(async () => {
  stack = await startStack()
  tenant = await createTenant(stack)
  feed = await followEvents(tenant.client)
  receiver = await startWebhookReceiver()
  receiver.trust((await tenant.client.createWebhook({ url: receiver.url })).secret)
  const { client } = tenant
  shop = await createLinkedSession(client)
  ana = await client.createPhone({ name: 'Ana' })
  ben = await client.createPhone({ name: 'Ben' })
  eve = await client.createPhone({ name: 'Eve' })
})
afterAll(async () => {
  await feed?.[Symbol.asyncDispose]()
  await receiver?.[Symbol.asyncDispose]()
  await stack?.[Symbol.asyncDispose]()
})

const send = (phone: Phone, body: string, more: Partial<SendMessage> = {}) =>
  tenant.client.sendMessage(shop.sessionId, { to: phone.number, type: 'text', text: { body }, ...more })
const textsOn = async (phone: Phone) =>
  (await tenant.client.listPhoneMessages(phone.id)).data.filter(({ from_me }) => !from_me).map(({ text }) => text)
const shownOn = (phone: Phone, body: string) =>
  waitFor(async () => (await textsOn(phone)).includes(body), { what: `"${body}" on the phone`, deadlineMs: 60_000 })
const inStatus = (id: string, status: string) =>
  waitFor(
    async () => {
      const message = await tenant.client.getMessage(id)
      return message.status === status && message
    },
    { what: `message ${id} to be ${status}`, deadlineMs: 60_000 },
  )
const pace = (pacing: Parameters<typeof tenant.client.updateSession>[1]['pacing']) =>
  tenant.client.updateSession(shop.sessionId, { pacing: pacing ?? null })
const lanes = ['high', 'normal', 'bulk'] as const
/** One message goes, the next in 100 s. */
const hold = { per_second: 0.01, burst: 1 }

test('a paced session shows what waits and where; urgent messages go first, and all go when the pace allows', async () => {
  const { client } = tenant
  await send(ana, 'before')
  await shownOn(ana, 'before')
  expect((await pace(hold)).pacing).toMatchObject({ per_second: 0.01, burst: 1, new_chats_per_hour: null })
  await send(ana, 'the one that may go')
  await shownOn(ana, 'the one that may go')
  const mixed = ['bulk', 'normal', 'bulk', 'high', 'normal', 'high'] as const
  const sent = []
  for (const [n, lane] of mixed.entries()) sent.push({ ...(await send(ana, `${lane} ${n}`, { lane })), lane })
  for (const { id } of sent) await inStatus(id, 'queued')

  const places = await Promise.all(sent.map(({ id }) => client.getMessage(id)))
  expect(places.map(({ queue }) => queue?.position)).toEqual([5, 3, 6, 1, 4, 2])
  expect(places.map(({ queue }) => queue?.lane)).toEqual(mixed)
  for (const { queue } of places) expect(Date.parse(queue?.expected_at ?? '')).toBeGreaterThan(Date.now())
  expect((await client.getSession(shop.sessionId)).queue).toEqual({ high: 2, normal: 2, bulk: 2, total: 6 })

  await pace(null)
  await shownOn(ana, 'bulk 2')
  expect((await textsOn(ana)).slice(2)).toEqual(['high 3', 'high 5', 'normal 1', 'normal 4', 'bulk 0', 'bulk 2'])
  await waitFor(async () => (await client.getSession(shop.sessionId)).queue?.total === 0)
})

test('a first message to a stranger waits for its slot, and one to somebody known passes it', async () => {
  await pace({ new_chats_per_hour: 2 }) // Ana was the first
  await send(ben, 'to Ben')
  await shownOn(ben, 'to Ben')
  const stranger = await send(eve, 'to Eve', { lane: 'high' })
  await send(ana, 'past Eve', { lane: 'bulk' })
  await shownOn(ana, 'past Eve')
  const { queue } = await inStatus(stranger.id, 'queued')
  expect(Date.parse(queue?.expected_at ?? '')).toBeGreaterThan(Date.now() + 30 * 60_000)
  expect(await textsOn(eve)).toEqual([])
  await pace(null)
  await shownOn(eve, 'to Eve')
})

test('while a session is offline a message can be cancelled or expires; the rest is sent when it is back', async () => {
  const { client } = tenant
  await injectFault(stack, tenant.tenantId, { disconnect: true, refuse_logins: 503 })
  await waitFor(async () => (await client.getSession(shop.sessionId)).status === 'connecting')
  const kept = await send(ana, 'kept', { expires_at: new Date(Date.now() + 24 * 3_600_000).toISOString() })
  const late = await send(ana, 'too late', { expires_at: new Date(Date.now() + 2_000).toISOString() })
  const regretted = await send(ana, 'regretted')
  const { queue } = await inStatus(regretted.id, 'queued')
  expect(queue).toMatchObject({ lane: 'normal', expected_at: null })
  const [chat] = (await client.listChats({ q: ana.number })).data
  const statuses = async () => {
    const { data } = await client.listChatMessages(chat?.id ?? '', { limit: 3 })
    return Object.fromEntries(data.map(({ id, status }) => [id, status]))
  }
  expect(await statuses()).toMatchObject({ [kept.id]: 'queued', [regretted.id]: 'queued' })

  const cancel = () => client.cancelMessage(shop.sessionId, regretted.id, { idempotencyKey: 'regret' })
  expect([await cancel(), await cancel()]).toMatchObject([{ id: regretted.id }, { id: regretted.id }])
  expect((await inStatus(regretted.id, 'cancelled')).cancelled_at).not.toBeNull()
  expect(await inStatus(late.id, 'expired')).toMatchObject({ sent_at: null, wa_message_id: null })
  expect(await client.getMessage(kept.id)).toMatchObject({ status: 'queued', queue: { position: 1 } })
  expect(await statuses()).toEqual({ [kept.id]: 'queued', [late.id]: 'expired', [regretted.id]: 'cancelled' })

  await injectFault(stack, tenant.tenantId, { refuse_logins: null })
  await connected(client, shop.sessionId)
  await inStatus(kept.id, 'delivered')
  await send(ana, 'behind them')
  await shownOn(ana, 'behind them')
  expect((await textsOn(ana)).slice(-2)).toEqual(['kept', 'behind them'])
  const told = (id: string) =>
    feed.events.flatMap(({ data }) =>
      'message_id' in data.data && data.data.message_id === id ? [data.type as string] : [],
    )
  expect([told(regretted.id), told(late.id)]).toEqual([['message.cancelled'], ['message.expired']])
  const delivered = (id: string) =>
    receiver.received.flatMap(({ event }) =>
      'message_id' in event.data && event.data.message_id === id ? [event.type as string] : [],
    )
  await waitFor(() => delivered(regretted.id).length > 0 && delivered(late.id).length > 0, { what: 'the webhooks' })
  expect([delivered(regretted.id), delivered(late.id)]).toEqual([['message.cancelled'], ['message.expired']])
})

test('a message that is paced can be cancelled, what was sent cannot, and cancelling again changes nothing', async () => {
  const { client } = tenant
  await pace(hold)
  const first = await send(ana, 'goes')
  await inStatus(first.id, 'delivered')
  const held = await send(ana, 'held')
  await client.cancelMessage(shop.sessionId, held.id)
  await inStatus(held.id, 'cancelled')
  expect(await client.cancelMessage(shop.sessionId, held.id)).toMatchObject({ status: 'cancelled' })
  expect(await problemOf(client.cancelMessage(shop.sessionId, first.id))).toMatchObject({
    status: 409,
    code: 'message-not-waiting',
  })
  expect(await problemOf(client.cancelMessage(shop.sessionId, 'msg_01KAH2Z6W4V8D9Q3N5R7T1XYZC'))).toMatchObject({
    status: 404,
    code: 'message-not-found',
  })
  await pace(null)
})

test('behind a flood of bulk messages, of which the last are refused, an urgent one is accepted and is the next to go', async () => {
  await inStatus((await send(eve, 'unpaced')).id, 'delivered')
  await pace(hold)
  await inStatus((await send(eve, 'the one that may go')).id, 'delivered')
  const flood: string[] = []
  const refusals: string[] = []
  const pour = async () => {
    while (refusals.length === 0 && flood.length < 3_000)
      await send(eve, 'bulk', { lane: 'bulk' }).then(
        ({ id }) => void flood.push(id),
        async (error) => void refusals.push((await problemOf(Promise.reject(error))).code),
      )
  }
  await Promise.all(Array.from({ length: 10 }, pour))
  expect(new Set(refusals)).toEqual(new Set(['session-queue-full']))
  const urgent = await send(eve, 'urgent', { lane: 'high' })
  expect((await inStatus(urgent.id, 'queued')).queue).toMatchObject({ position: 1, lane: 'high' })
  await pace(null)
  const { sent_at } = await inStatus(urgent.id, 'delivered')
  const last = await inStatus(flood.at(-1) ?? '', 'delivered')
  expect(Date.parse(last.sent_at ?? '')).toBeGreaterThanOrEqual(Date.parse(sent_at ?? ''))
})

test('engines that die over a full queue lose nothing, double nothing, and keep the order of each chat and lane', async () => {
  const { client } = tenant
  const phones = [ana, ben]
  const seen = await Promise.all(phones.map(async (phone) => (await textsOn(phone)).length))
  const textsNow = async () =>
    Promise.all(phones.map(async (phone, index) => (await textsOn(phone)).slice(seen[index])))
  const shown = async () => (await textsNow()).flat().length
  await pace({ per_second: 2, burst: 1 })
  const sent: { phone: number; lane: string; body: string; id: string }[] = []
  for (let n = 0; n < 24; n++) {
    const lane = lanes[n % 3] ?? 'normal'
    const phone = n % 2
    const body = `${lane} ${n}`
    sent.push({ phone, lane, body, id: (await send(phones[phone] ?? ana, body, { lane })).id })
  }
  for (const some of [3, 8]) {
    await waitFor(async () => (await shown()) >= some, { what: `${some} messages on the phones`, deadlineMs: 60_000 })
    for (const pid of enginePids(stack.pid('worker'))) process.kill(pid, 'SIGKILL')
    await connected(client, shop.sessionId)
  }
  await pace(null)
  for (const { id } of sent) await inStatus(id, 'delivered')
  for (const [index, texts] of (await textsNow()).entries())
    for (const lane of lanes)
      expect(texts.filter((text) => text?.startsWith(lane))).toEqual(
        sent.filter((one) => one.phone === index && one.lane === lane).map(({ body }) => body),
      )
})

test('a time that has passed is refused', async () => {
  const past = send(ana, 'never', { expires_at: new Date(Date.now() - 1_000).toISOString() })
  expect(await problemOf(past)).toMatchObject({
    status: 422,
    code: 'invalid-request',
    errors: [{ path: 'expires_at' }],
  })
})
