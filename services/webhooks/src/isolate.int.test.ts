import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { startReceiver } from './testing/receiver.ts'
import { createStory, openWorld, recorderOf } from './testing/world.ts'

test('an endpoint that hangs delays its own deliveries only, ten at a time', async () => {
  let hangs = true
  await using receiver = await startReceiver(({ path }) => (path === '/hang' && hangs ? 'hang' : 204))
  await using world = await openWorld()
  await world.addEndpoint('whe_hang', `${receiver.url}/hang`)
  await world.addEndpoint('whe_good', `${receiver.url}/good`)
  const record = recorderOf(await world.open({ timeoutMs: 60_000 }))
  const story = createStory()
  await record([story.created(), ...Array.from({ length: 60 }, () => story.received())])
  await waitFor(() => receiver.bodiesAt('/good').length === 61)
  expect(receiver.bodiesAt('/hang')).toHaveLength(10) // and none of these has ended
  hangs = false
  receiver.release()
})

test('more events than memory holds are all delivered once, without waiting for polls', async () => {
  await using receiver = await startReceiver()
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url)
  const record = recorderOf(await world.open({ pollEveryMs: 600_000 }))
  const story = createStory()
  await record([story.created(), ...Array.from({ length: 2_499 }, () => story.received())])
  await waitFor(async () => (await world.count('delivered')) === 2_500, { deadlineMs: 30_000 })
  expect(new Set(receiver.bodiesAt('/').map((body) => body.id)).size).toBe(2_500)
  expect(receiver.requests).toHaveLength(2_500)
})

test('410 disables the endpoint and cancels what waits for it', async () => {
  await using receiver = await startReceiver((_request, before) => (before < 3 ? 500 : 410))
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url)
  const record = recorderOf(await world.open({ policy: { delaysMs: [30, 600_000], jitter: 0, maxRetryAfterMs: 0 } }))
  const story = createStory()
  await record([story.created(), story.received(), story.received()])
  await waitFor(async () => (await world.count('cancelled')) === 3)
  expect(await world.admin`select enabled, disabled_reason from webhook_endpoint`).toEqual([
    { enabled: false, disabled_reason: 'gone' },
  ])
  await record([story.received()])
  expect(await world.deliveries()).toHaveLength(3)
})

test('a new endpoint counts as soon as it is committed, and so does a change', async () => {
  await using receiver = await startReceiver()
  await using world = await openWorld()
  const deliveries = await world.open()
  const record = recorderOf(deliveries)
  const story = createStory()
  await record([story.created()])
  await world.addEndpoint('whe_1', `${receiver.url}/one`)
  await waitFor(() => deliveries.hasTenant('ten_a'), { everyMs: 5 }) // by the notification: all are read every 30 s only
  await record([story.received()])
  await waitFor(() => receiver.requests.length === 1)
  await world.admin`update webhook_endpoint set deleted_at = now(), updated_at = now()`
  await waitFor(() => !deliveries.hasTenant('ten_a'), { everyMs: 5 })
})

test('changes are noticed after the database has dropped every connection', async () => {
  await using receiver = await startReceiver()
  await using world = await openWorld()
  const deliveries = await world.open()
  await world.admin`select pg_terminate_backend(pid) from pg_stat_activity
    where application_name = 'webhooks' and datname = current_database()`
  await world.addEndpoint('whe_1', receiver.url)
  await waitFor(() => deliveries.hasTenant('ten_a'), { deadlineMs: 5_000 })
  await world.addEndpoint('whe_2', receiver.url, { eventTypes: ['session.created'] })
  const record = recorderOf(deliveries)
  await waitFor(async () => {
    await record([createStory('test', `s${Math.random()}`.slice(0, 9)).created()])
    return (await world.deliveries()).some((one) => one.endpoint_id === 'whe_2')
  })
})
