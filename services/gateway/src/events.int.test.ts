import type { StreamedEvent } from '@wagate/api/client.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { type EventOf, eventTypes } from '@wagate/messages/events.ts'
import { eventId } from '@wagate/messages/ids.ts'
import { noticeSubject } from '@wagate/messages/subjects.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { newId, type Surroundings, startGateway, startSurroundings } from './testing/gateway-process.ts'

let surroundings: Surroundings
let gateway: Awaited<ReturnType<typeof startGateway>>
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  gateway = stack.use(await startGateway(surroundings))
})
afterAll(() => stack.disposeAsync())

async function tenantWithSession(mode: Mode = 'test') {
  const tenantId = await surroundings.addTenant()
  const { apiKey, keyId } = await surroundings.addKey(tenantId, mode)
  const client = gateway.client(apiKey)
  await waitFor(() => client.listSessions())
  return { tenantId, keyId, apiKey, client, sessionId: (await client.createSession()).id }
}

function received(tenantId: string, sessionId: string, sequence: number): EventOf<'message.received'> {
  const time = new Date().toISOString()
  const from = { phone: '+999100200300' }
  const content = { type: 'text', text: { body: `message ${sequence}` } } as const
  const data = { messageId: newId('message'), waMessageId: `3A${sequence}`, chat: from, from, content, at: time }
  return {
    id: eventId(sessionId, sequence),
    source: 'worker',
    time,
    tenantId,
    sessionId,
    type: 'message.received',
    sequence,
    data,
  }
}

/** Follows the stream in the background. */
function follow(
  client: Awaited<ReturnType<typeof tenantWithSession>>['client'],
  options: { lastEventId?: string; sessionId?: string } = {},
) {
  const abort = new AbortController()
  const events: StreamedEvent[] = []
  const opened = Promise.withResolvers<void>()
  const ended = (async () => {
    for await (const event of client.events({ ...options, signal: abort.signal, onOpen: opened.resolve }))
      events.push(event)
  })()
  return {
    events,
    opened: Promise.race([opened.promise, ended]),
    ended,
    stop: async () => {
      abort.abort()
      await ended
    },
    sequences: () => events.map(({ data }) => data.sequence),
  }
}

test('events arrive live, in order, in the words of a webhook; others see nothing of them', async () => {
  const ours = await tenantWithSession()
  const theirs = await tenantWithSession()
  const [stream, other] = [follow(ours.client), follow(theirs.client)]
  await Promise.all([stream.opened, other.opened])
  for (let n = 1; n <= 20; n++) await surroundings.publishEvent(received(ours.tenantId, ours.sessionId, n))
  await waitFor(() => stream.events.length === 20)
  expect(stream.sequences()).toEqual(Array.from({ length: 20 }, (_, n) => n + 1))
  expect(stream.events[0]).toMatchObject({
    type: 'message.received',
    data: {
      type: 'message.received',
      tenant_id: ours.tenantId,
      session_id: ours.sessionId,
      data: { text: { body: 'message 1' } },
    },
  })
  expect(other.events).toEqual([])
  await Promise.all([stream.stop(), other.stop()])
})

test('after a lost connection the stream goes on where it was: nothing missing, nothing twice', async () => {
  const { client, tenantId, sessionId } = await tenantWithSession()
  const first = follow(client)
  await first.opened
  for (let n = 1; n <= 5; n++) await surroundings.publishEvent(received(tenantId, sessionId, n))
  await waitFor(() => first.events.length === 5)
  await first.stop()
  for (let n = 6; n <= 300; n++) await surroundings.publishEvent(received(tenantId, sessionId, n))
  const second = follow(client, { lastEventId: first.events[2]?.id ?? '' })
  await waitFor(() => second.events.length >= 297)
  expect(second.sequences()).toEqual(Array.from({ length: 297 }, (_, n) => n + 4))
  await second.stop()
})

test('a client that reconnects before its first event misses none', async () => {
  const { client, tenantId, sessionId } = await tenantWithSession()
  await using leaving = await startGateway(surroundings)
  const { apiKey } = await surroundings.addKey(tenantId)
  await waitFor(() => leaving.client(apiKey).listSessions())
  const response = await fetch(`${leaving.baseUrl}/v1/events`, { headers: { authorization: `Bearer ${apiKey}` } })
  const opening = new TextDecoder().decode((await response.body?.getReader().read())?.value)
  const lastEventId = /^id: (\d+)$/m.exec(opening)?.[1] ?? ''
  await leaving.stop()
  await surroundings.publishEvent(received(tenantId, sessionId, 1))
  const resumed = follow(client, { lastEventId })
  await waitFor(() => resumed.events.length === 1)
  await resumed.stop()
})

test('a test key sees no event of a live session, and the other way round', async () => {
  const test_ = await tenantWithSession('test')
  const liveKey = await surroundings.addKey(test_.tenantId, 'live')
  const liveClient = gateway.client(liveKey.apiKey)
  await waitFor(() => liveClient.listSessions())
  const liveSession = await liveClient.createSession()
  const [testStream, liveStream] = [follow(test_.client), follow(liveClient)]
  await Promise.all([testStream.opened, liveStream.opened])
  await surroundings.publishEvent(received(test_.tenantId, liveSession.id, 1))
  await surroundings.publishEvent(received(test_.tenantId, test_.sessionId, 2))
  await waitFor(() => testStream.events.length > 0 && liveStream.events.length > 0)
  expect([testStream.sequences(), liveStream.sequences()]).toEqual([[2], [1]])
  await Promise.all([testStream.stop(), liveStream.stop()])
})

test('a stream can be narrowed to types and to one session', async () => {
  const { client, tenantId, sessionId } = await tenantWithSession()
  const other = (await client.createSession()).id
  const abort = new AbortController()
  const narrow = client.events({ types: ['session.deleted'], sessionId, signal: abort.signal })
  const first = narrow.next()
  await waitFor(async () => {
    await surroundings.publishEvent(received(tenantId, sessionId, 1))
    await surroundings.publishEvent(received(tenantId, other, 1))
    const { data: _, ...envelope } = received(tenantId, sessionId, 2)
    const at = envelope.time
    await surroundings.publishEvent({ ...envelope, id: newId('command'), type: 'session.deleted', data: { at } })
    return Promise.race([first, new Promise((resolve) => setTimeout(resolve, 100))])
  })
  expect((await first).value).toMatchObject({ type: 'session.deleted' })
  abort.abort()
  await expect(
    client.events({ sessionId: newId('session'), signal: new AbortController().signal }).next(),
  ).rejects.toMatchObject({
    problem: { code: 'session-not-found' },
  })
  expect(eventTypes).toContain('session.deleted')
})

test('the stream of a revoked key is closed, and stays closed', async () => {
  const { client, tenantId, sessionId, keyId } = await tenantWithSession()
  const stream = follow(client)
  await stream.opened
  await surroundings.control.keys.revokeById(keyId)
  const refused = expect(stream.ended).rejects.toMatchObject({ problem: { code: 'api-key-invalid' } })
  let sequence = 0
  await waitFor(async () => {
    await surroundings.publishEvent(received(tenantId, sessionId, ++sequence))
    return gateway.log.some((line) => line.event === 'stream.closed' && line.actor === keyId)
  })
  await refused
})

test('a key for one session follows that one only', async () => {
  const { client, tenantId, sessionId } = await tenantWithSession()
  const other = (await client.createSession()).id
  const made = await client.createApiKey({ scopes: ['events:read'], session_ids: [other] })
  const stream = follow(gateway.client(made.api_key))
  await stream.opened
  for (let n = 1; n <= 3; n++) await surroundings.publishEvent(received(tenantId, sessionId, n))
  await surroundings.publishEvent(received(tenantId, other, 1))
  await waitFor(() => stream.events.length > 0)
  expect(stream.events.map(({ data }) => data.session_id)).toEqual([other])
  await stream.stop()
})

test('what gateways tell as notices reaches who follows the tenant in that mode, at whatever gateway, and is not there later', async () => {
  await using second = await startGateway(surroundings)
  const ours = await tenantWithSession()
  const elsewhere = second.client(ours.apiKey)
  const theirs = await tenantWithSession()
  const heard: Record<string, unknown[]> = { here: [], elsewhere: [], theirs: [] }
  const abort = new AbortController()
  const clients = { here: ours.client, elsewhere, theirs: theirs.client }
  await Promise.all(
    Object.entries(clients).map(([name, client]) => {
      const opened = Promise.withResolvers<void>()
      const onNotice = (notice: unknown) => heard[name]?.push(notice)
      void client.events({ signal: abort.signal, onOpen: opened.resolve, onNotice }).next()
      return opened.promise
    }),
  )
  const at = new Date().toISOString()
  const told = { v: 1, type: 'chat.updated', chatId: 'cht_1', sessionId: ours.sessionId, at }
  const tell = (mode: Mode, notice: object) =>
    surroundings.operator.tell(noticeSubject(ours.tenantId, mode), Buffer.from(JSON.stringify(notice)))
  await waitFor(() => {
    tell('live', told)
    tell('test', { ...told, v: 2 })
    tell('test', told)
    return heard.here?.length && heard.elsewhere?.length
  })
  const shown = { type: 'chat.updated', timestamp: at, data: { chat_id: 'cht_1', session_id: ours.sessionId } }
  expect([heard.here?.[0], heard.elsewhere?.[0], heard.theirs]).toEqual([shown, shown, []])
  abort.abort()
})
