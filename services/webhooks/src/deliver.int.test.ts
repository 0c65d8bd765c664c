import { webhookPayload } from '@wagate/api/webhook-payload.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { startReceiver } from './testing/receiver.ts'
import { createStory, openWorld, recorderOf, secret } from './testing/world.ts'

test('an event arrives at once, signed, in the documented form, and is recorded', async () => {
  await using receiver = await startReceiver()
  await using world = await openWorld()
  await world.addEndpoint('whe_1', `${receiver.url}/hook`)
  const record = recorderOf(await world.open({ pollEveryMs: 600_000 })) // what arrives did not wait for a poll
  const story = createStory()
  await record([story.created(), story.received('grüß dich 👋')])
  await waitFor(() => receiver.requests.length === 2)
  const got = receiver.requests.find(({ body }) => body.includes('message.received'))
  const headers = Object.fromEntries(Object.entries(got?.headers ?? {}).map(([name, value]) => [name, String(value)]))
  const payload = webhookPayload.parse(new Webhook(secret).verify(got?.body ?? '', headers))
  expect(payload).toMatchObject({
    type: 'message.received',
    tenant_id: 'ten_a',
    session_id: story.sessionId,
    sequence: 2,
    data: { text: { body: 'grüß dich 👋' }, from: { phone: '+999100200300', lid: null } },
  })
  expect(headers['webhook-id']).toBe(payload.id)
  await waitFor(async () => (await world.count('delivered')) === 2)
  expect(await world.admin`select attempt, status_code, error from delivery_attempt`).toEqual([
    { attempt: 1, status_code: 204, error: null },
    { attempt: 1, status_code: 204, error: null },
  ])
})

test('a failed delivery is tried again by the schedule with the same id, until it succeeds', async () => {
  await using receiver = await startReceiver((_request, before) => [500, 503, 200][before] ?? 200)
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url, { eventTypes: ['message.received'] })
  const record = recorderOf(await world.open())
  const story = createStory()
  await record([story.created(), story.received()])
  await waitFor(async () => (await world.count('delivered')) === 1)
  expect(receiver.requests).toHaveLength(3)
  expect(new Set(receiver.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(await world.deliveries()).toMatchObject([{ status: 'delivered', attempts: 3, last_status_code: 200 }])
})

test('after the last attempt a delivery is exhausted, and stays to be seen', async () => {
  await using receiver = await startReceiver(() => 500)
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url, { eventTypes: ['message.received'] })
  const record = recorderOf(await world.open({ policy: { delaysMs: [20], jitter: 0, maxRetryAfterMs: 0 } }))
  const story = createStory()
  await record([story.created(), story.received()])
  await waitFor(async () => (await world.count('exhausted')) === 1)
  expect(await world.deliveries()).toMatchObject([{ attempts: 2, last_status_code: 500, last_error: 'status' }])
})

test('a repeated event makes no second delivery', async () => {
  await using receiver = await startReceiver()
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url)
  const record = recorderOf(await world.open())
  const story = createStory()
  const events = [story.created(), story.received(), story.received()]
  await record(events)
  await record(events)
  await waitFor(async () => (await world.count('delivered')) === 3)
  await record(events)
  expect(receiver.requests).toHaveLength(3)
  expect(await world.deliveries()).toHaveLength(3)
})

test('an endpoint gets the types it asked for, of sessions in its own mode; an unknown session counts as live', async () => {
  await using receiver = await startReceiver()
  await using world = await openWorld()
  await world.addEndpoint('whe_test', `${receiver.url}/test`)
  await world.addEndpoint('whe_live', `${receiver.url}/live`)
  await world.addEndpoint('whe_deleted', `${receiver.url}/deleted`, { eventTypes: ['session.deleted'] })
  await world.admin`update webhook_endpoint set mode = 'live' where endpoint_id = 'whe_live'`
  const record = recorderOf(await world.open())
  const [trial, real, unknown] = [createStory('test', 'a'), createStory('live', 'b'), createStory('test', 'c')]
  await record([trial.created(), trial.received('t'), real.created(), real.received('r'), unknown.received('u')])
  await record([trial.deleted()])
  await waitFor(async () => (await world.count('pending')) === 0)
  const typesAt = (path: string) => receiver.bodiesAt(path).map((body) => body.data.text?.body ?? body.type)
  expect(typesAt('/test').sort()).toEqual(['session.created', 'session.deleted', 't'])
  expect(typesAt('/live').sort()).toEqual(['r', 'session.created', 'u'])
  expect(typesAt('/deleted')).toEqual(['session.deleted'])
})
