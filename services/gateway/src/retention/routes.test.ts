import { problem } from '@wagate/api/problems.ts'
import { retention } from '@wagate/api/retention.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const path = '/v1/retention'

test('nothing is chosen at first: data are kept as long as the plan allows', async () => {
  const { request, ours } = await createWorld({ maxRetentionDays: () => 90 })
  const found = retention.parse(await (await request(ours.key, 'GET', path)).json())
  expect(found).toMatchObject({ message_days: null, chat_days: null, max_days: 90 })
})

test('a choice stays until it is changed, field by field', async () => {
  const { request, ours, theirs } = await createWorld({ maxRetentionDays: () => 90 })
  await request(ours.liveKey, 'PATCH', path, { message_days: 30, webhook_delivery_days: 7 })
  const changed = await request(ours.liveKey, 'PATCH', path, { webhook_delivery_days: null })
  expect(await changed.json()).toMatchObject({ message_days: 30, webhook_delivery_days: null })
  expect(await (await request(theirs.liveKey, 'GET', path)).json()).toMatchObject({ message_days: null })
})

test('a test key changes nothing, since live data would go', async () => {
  const { request, ours } = await createWorld()
  const refused = await request(ours.key, 'PATCH', path, { message_days: 1 })
  expect([refused.status, problem.parse(await refused.json()).code]).toEqual([403, 'live-key-required'])
})

test.each([
  [{ message_days: 91 }, 'message_days'],
  [{ message_days: 0 }, 'message_days'],
  [{ message_days: 1.5 }, 'message_days'],
  [{ message_days: 30, chat_days: 29 }, 'chat_days'],
  [{ chat_days: 89 }, 'chat_days'],
])('%j is refused with what to change', async (body, field) => {
  const { request, ours } = await createWorld({ maxRetentionDays: () => 90 })
  const refused = await request(ours.liveKey, 'PATCH', path, body)
  expect(refused.status).toBe(422)
  expect(problem.parse(await refused.json()).errors?.[0]?.path).toBe(field)
})
