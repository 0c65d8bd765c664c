import { accountPlan, planChange, planList } from '@wagate/api/plan.ts'
import { limitNames, limitsWith, planNames, plans } from '@wagate/messages/plans.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

async function setUp() {
  const world = await createWorld()
  const { key, tenantId } = world.ours
  const plan = async () => accountPlan.parse(await (await world.request(key, 'GET', '/v1/plan')).json())
  const change = (to: string, headers: Record<string, string> = {}) =>
    world.request(key, 'POST', '/v1/plan', { plan: to }, headers)
  const setPlan = (name: 'pro' | 'max') => {
    const record = world.tenants.get(tenantId)
    if (record) world.tenants.set(tenantId, { ...record, plan: name, limits: limitsWith(name, {}) })
  }
  return { world, tenantId, plan, change, setPlan }
}

test('the plans are told with prices and limits, the smallest first', async () => {
  const { world } = await setUp()
  const { data } = planList.parse(await (await world.request(world.ours.key, 'GET', '/v1/plans')).json())
  expect(data.map(({ name, monthly_price_usd }) => [name, monthly_price_usd])).toEqual([
    ['basic', 0],
    ['pro', 29],
    ['max', 99],
    ['enterprise', null],
  ])
  for (const offer of data) expect(Object.keys(offer.limits)).toHaveLength(limitNames.length)
})

test('a plan is shown with what is in force and what is used of it', async () => {
  const { world, plan } = await setUp()
  const path = `/v1/sessions/${world.ours.params.session_id}/messages`
  await world.request(world.ours.key, 'POST', path, { to: '+999100200300', type: 'text', text: { body: 'hi' } })
  expect(await plan()).toMatchObject({
    ...{ plan: 'basic', title: 'BASIC', monthly_price_usd: 0, dedicated: false, requested: null },
    limits: { live_sessions: 2, messages_per_month: plans.basic.limits.messagesPerMonth },
    used: {
      ...{ live_sessions: 1, sandbox_sessions: 1, test_messages_this_minute: 1, messages_this_month: 0 },
      webhook_endpoints: { test: 1, live: 1 },
    },
  })
})

test('a plan that costs something waits for approval; meanwhile nothing changes, and it can be taken back', async () => {
  const { plan, change } = await setUp()
  const asked = await change('pro')
  expect(asked.status).toBe(202)
  expect(planChange.parse(await asked.json())).toMatchObject({
    status: 'awaiting_approval',
    account: { plan: 'basic', requested: { plan: 'pro' } },
  })
  await change('max')
  expect((await plan()).requested?.plan).toBe('max')
  expect((await change('basic')).status).toBe(200)
  expect((await plan()).requested).toBeNull()
})

test('a smaller plan that costs nothing holds at once', async () => {
  const { plan, change, setPlan } = await setUp()
  setPlan('pro')
  expect((await change('basic')).status).toBe(200)
  expect(await plan()).toMatchObject({ plan: 'basic', limits: { live_sessions: 1 } })
})

test('a plan that is too small is refused with what to remove, and nothing is changed', async () => {
  const { world, tenantId, plan, change, setPlan } = await setUp()
  setPlan('max')
  for (let n = 0; n < 2; n++) await world.addSession(tenantId, 'live')
  const refused = await change('basic')
  expect(await refused.json()).toMatchObject({
    ...{ status: 409, code: 'plan-does-not-fit' },
    errors: [
      { path: 'live_sessions', message: expect.stringContaining('BASIC has 1 live session, you have 3: remove 2') },
    ],
  })
  expect(await plan()).toMatchObject({ plan: 'max', used: { live_sessions: 3 } })
})

test('the same request again gets the same answer, whatever became of the first', async () => {
  const { change } = await setUp()
  const headers = { 'idempotency-key': 'upgrade' }
  const first = await (await change('pro', headers)).json()
  await change('basic')
  expect(await (await change('pro', headers)).json()).toEqual(first)
})

test('a plan that does not exist is refused with those that do', async () => {
  const { change } = await setUp()
  const refused = await change('gold')
  expect(await refused.json()).toMatchObject({
    code: 'invalid-request',
    errors: [{ path: 'plan', message: `Write one of ${planNames.join(', ')}.` }],
  })
})
