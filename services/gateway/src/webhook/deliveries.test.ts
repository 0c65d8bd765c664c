import { problem } from '@wagate/api/problems.ts'
import { supportToken } from '@wagate/api/support.ts'
import { delivery, deliveryDetail } from '@wagate/api/webhook.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const codeOf = async (answer: Response) => problem.parse(await answer.json()).code

test('what was sent is shown to those who may read messages, and what the endpoint answered to all but support', async () => {
  const world = await createWorld()
  const { webhook_id, delivery_id, access_id, tenant_id } = world.ours.params
  const path = `/v1/webhooks/${webhook_id}/deliveries/${delivery_id}`
  const look = async (key: string) => deliveryDetail.parse(await (await world.request(key, 'GET', path)).json())
  const reader = await look(world.addKey(world.ours.tenantId, 'test', ['webhooks:read', 'messages:read']))
  expect(reader).toMatchObject({ payload: { type: 'message.received' }, attempt_log: [{ status_code: 500 }] })
  const builder = await look(world.addKey(world.ours.tenantId, 'test', ['webhooks:read']))
  expect(builder).toMatchObject({ payload: null, attempt_log: [{ response_body: 'a stack trace of theirs' }] })
  const tokens = `/v1/admin/tenants/${tenant_id}/support-accesses/${access_id}/tokens`
  const issued = await world.request(world.operatorKey, 'POST', tokens, { mode: 'test' })
  const support = await look(supportToken.parse(await issued.json()).token)
  expect(support).toMatchObject({ payload: null, attempt_log: [{ response_body: null, status_code: 500 }] })
})

test('a resend and a test are each made once per Idempotency-Key, and go on record', async () => {
  const world = await createWorld()
  const { webhook_id, delivery_id } = world.ours.params
  for (const path of [`deliveries/${delivery_id}/resend`, 'test']) {
    const ask = async () =>
      world.request(world.ours.key, 'POST', `/v1/webhooks/${webhook_id}/${path}`, undefined, { 'idempotency-key': 'k' })
    const [first, second] = [await ask(), await ask()]
    expect([first.status, second.status]).toEqual([202, 202])
    expect(second.headers.get('idempotent-replayed')).toBe('true')
    const made = delivery.parse(await first.json())
    expect(await second.json()).toEqual(made)
    expect(made).toMatchObject({ status: 'pending' })
  }
  const ours = world.deliveries.kept.filter(({ endpointId }) => endpointId === webhook_id)
  expect(ours.map(({ event_type, resends }) => [event_type, resends])).toEqual([
    ['message.received', 1],
    ['webhook.test', 0],
  ])
  const actions = world.onRecord.published.map(({ action }) => action)
  expect(new Set(actions)).toEqual(new Set(['webhook.delivery_resent', 'webhook.tested']))
})

test('a disabled endpoint refuses both, and an unknown delivery is not found', async () => {
  const world = await createWorld()
  const { webhook_id, delivery_id } = world.ours.params
  const post = (path: string) => world.request(world.ours.key, 'POST', `/v1/webhooks/${webhook_id}/${path}`)
  expect(await codeOf(await post('deliveries/dlv_01KAH2Z6W4V8D9Q3N5R7T1XYZC/resend'))).toBe('delivery-not-found')
  expect(await codeOf(await post('deliveries/x/resend'))).toBe('delivery-not-found')
  await world.request(world.ours.key, 'PATCH', `/v1/webhooks/${webhook_id}`, { enabled: false })
  expect(await codeOf(await post(`deliveries/${delivery_id}/resend`))).toBe('webhook-disabled')
  expect(await codeOf(await post('test'))).toBe('webhook-disabled')
})
