import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { startReceiver } from '../testing/receiver.ts'
import { createStory, openWorld, recorderOf } from '../testing/world.ts'
import { removeOldDeliveries } from './queries.ts'

test('settled deliveries go with their attempts when their time is over; pending and recent ones stay', async () => {
  await using receiver = await startReceiver(({ body }) => (body.includes('"sequence":3') ? 500 : 204))
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url)
  const policy = { delaysMs: [600_000], jitter: 0, maxRetryAfterMs: 0 }
  const record = recorderOf(await world.open({ policy }))
  const story = createStory()
  await record([story.created(), story.received(), story.received(), story.received()])
  await waitFor(async () => (await world.admin`select 1 from delivery_attempt`).length === 4)
  await world.admin`update webhook_delivery set created_at = now() - interval '31 days' where stream_seq <> 4`
  expect(await removeOldDeliveries(world.sql, 30)).toBe(2)
  expect(await removeOldDeliveries(world.sql, 30)).toBe(0)
  expect((await world.deliveries()).map((one) => one.status)).toEqual(['pending', 'delivered'])
  expect(await world.admin`select 1 from delivery_attempt`).toHaveLength(2)
})
