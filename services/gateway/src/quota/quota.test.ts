import type { LimitOverrides } from '@wagate/messages/plans.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const at = new Date('2026-11-20T10:15:20Z')
const hi = { to: '+999100200300', type: 'text', text: { body: 'hi' } }

async function setUp(agreed: LimitOverrides, mode: 'test' | 'live' = 'live') {
  const clock = { now: at }
  const world = await createWorld({ now: () => clock.now })
  const tenant = await world.addTenant('active', agreed)
  const [key, params] = mode === 'live' ? [tenant.liveKey, tenant.liveParams] : [tenant.key, tenant.params]
  const send = (headers: Record<string, string> = {}) =>
    world.request(key, 'POST', `/v1/sessions/${params.session_id}/messages`, hi, headers)
  const statuses = async (count: number) => {
    const found = []
    for (let n = 0; n < count; n++) found.push((await send()).status)
    return found
  }
  return { world, tenant, params, clock, send, statuses }
}

test('a full minute is refused with when to come back, and the next one is open', async () => {
  const { clock, send, statuses } = await setUp({ messagesPerMinute: 2 })
  expect(await statuses(2)).toEqual([202, 202])
  const refused = await send()
  expect(await refused.json()).toMatchObject({
    ...{ status: 429, code: 'message-quota-exceeded' },
    detail: expect.stringMatching(/BASIC allows 2 messages a minute .* in 40 s/),
  })
  expect(refused.headers.get('retry-after')).toBe('40')
  clock.now = new Date(at.getTime() + 40_000)
  expect(await statuses(1)).toEqual([202])
})

test('a used month is refused with its end and what helps, and the next one is open', async () => {
  const { clock, send, statuses } = await setUp({ messagesPerMonth: 3 })
  expect(await statuses(3)).toEqual([202, 202, 202])
  const refused = await send()
  expect(await refused.json()).toMatchObject({
    ...{ status: 429, code: 'message-quota-exceeded' },
    detail: expect.stringMatching(/3 messages a month .* begins on 2026-12-01 .* bigger plan .*\/v1\/plan/),
  })
  expect(Number(refused.headers.get('retry-after'))).toBe((Date.UTC(2026, 11, 1) - at.getTime()) / 1_000)
  clock.now = new Date('2026-12-01T00:00:00Z')
  expect(await statuses(1)).toEqual([202])
})

test('every answer tells how minute and month stand, a refusal too', async () => {
  const { send } = await setUp({ messagesPerMinute: 2, messagesPerMonth: 1_000 })
  await send()
  const { headers } = await send()
  expect(headers.get('ratelimit-policy')).toMatch(
    /^"default";q=\d+;w=\d+, "messages-per-minute";q=2;w=60, "messages-per-month";q=1000;w=2592000$/,
  )
  expect(headers.get('ratelimit')).toMatch(
    /^"default".*, "messages-per-minute";r=0;t=40, "messages-per-month";r=998;t=913480$/,
  )
  expect((await send()).headers.get('ratelimit')).toContain('"messages-per-minute";r=0;t=40')
})

test('only what is accepted, and for the first time, counts', async () => {
  const { world, tenant, params, send, statuses } = await setUp({ messagesPerMinute: 3, messagesPerMonth: 3 })
  const used = () => world.deps.quota.used(tenant.tenantId)
  for (let n = 0; n < 5; n++) expect((await send({ 'idempotency-key': 'order-1' })).status).toBe(202)
  expect(used()).toMatchObject({ minute: 1, month: 1 })
  await world.setState(tenant.tenantId, params.session_id, { status: 'awaiting_qr' })
  expect(await statuses(5)).toEqual([409, 409, 409, 409, 409])
  expect(used()).toMatchObject({ minute: 1, month: 1 })
  await world.setState(tenant.tenantId, params.session_id, {})
  expect(await statuses(4)).toEqual([202, 202, 429, 429])
  expect(used()).toMatchObject({ minute: 3, month: 3 })
  const repeat = await send({ 'idempotency-key': 'order-1' })
  expect([repeat.status, repeat.headers.get('idempotent-replayed')]).toEqual([202, 'true'])
})

test('what the broker did not take does not count', async () => {
  const world = await createWorld({
    publishCommand: async () => {
      throw new BrokerUnavailable('timeout', { mayHaveHappened: true })
    },
  })
  const { tenantId, liveKey, liveParams } = world.ours
  const path = `/v1/sessions/${liveParams.session_id}/messages`
  expect((await world.request(liveKey, 'POST', path, hi)).status).toBe(503)
  expect(world.deps.quota.used(tenantId)).toEqual({ minute: 0, testMinute: 0, month: 0 })
})

test('test messages have a minute of their own, and no month', async () => {
  const agreed = { testMessagesPerMinute: 2, messagesPerMinute: 0, messagesPerMonth: 0 }
  const { world, tenant, send, statuses } = await setUp(agreed, 'test')
  expect(await statuses(3)).toEqual([202, 202, 429])
  expect((await send()).headers.get('ratelimit-policy')).toContain('"test-messages-per-minute";q=2;w=60')
  expect(world.deps.quota.used(tenant.tenantId)).toEqual({ minute: 0, testMinute: 2, month: 0 })
})
