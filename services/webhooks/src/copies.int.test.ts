import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { startReceiver } from './testing/receiver.ts'
import { createStory, openWorld, recorderOf } from './testing/world.ts'

test('several copies of the service attempt each due delivery once', async () => {
  await using receiver = await startReceiver()
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url)
  const story = createStory()
  const first = await world.open()
  await first.close()
  // With the dispatcher closed nothing is taken on: the deliveries wait in the database.
  await recorderOf(first)([story.created(), ...Array.from({ length: 800 }, () => story.received())])
  expect(await world.count('pending')).toBe(801)
  await Promise.all([world.open(), world.open(), world.open()])
  await waitFor(async () => (await world.count('delivered')) === 801, { deadlineMs: 30_000 })
  expect(receiver.requests).toHaveLength(801)
})

test('what a copy held when it died is delivered by another one when the claim ends', async () => {
  await using receiver = await startReceiver()
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url)
  const story = createStory()
  const dead = await world.open()
  await dead.close()
  await recorderOf(dead)([story.created()])
  await world.admin`update webhook_delivery set next_attempt_at = now() + interval '2 seconds'` // its claim
  await world.open()
  await waitFor(async () => (await world.count('delivered')) === 1, { deadlineMs: 5_000 })
  expect(receiver.requests).toHaveLength(1)
})

test('a copy that stops ends its attempts and gives back what it had not begun', async () => {
  await using receiver = await startReceiver(() => (response) => setTimeout(() => response.writeHead(200).end(), 200))
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url)
  const story = createStory()
  const stopping = await world.open()
  await recorderOf(stopping)([story.created(), ...Array.from({ length: 29 }, () => story.received())])
  await waitFor(() => receiver.requests.length === 10)
  await stopping.close()
  expect(await world.count('delivered')).toBe(10)
  const due = await world.admin`select 1 from webhook_delivery where status = 'pending' and next_attempt_at <= now()`
  expect(due).toHaveLength(20)
})
