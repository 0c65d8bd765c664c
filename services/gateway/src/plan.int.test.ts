// Plans in Postgres, and what their mirror tells every gateway.
import { limitsOf, tenantRecord } from '@wagate/messages/control.ts'
import { limitNames, plans } from '@wagate/messages/plans.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAdmin } from './control/admin.ts'
import { type Surroundings, startGateway, startSurroundings } from './testing/gateway-process.ts'

let surroundings: Surroundings
let gateway: Awaited<ReturnType<typeof startGateway>>
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  gateway = stack.use(await startGateway(surroundings))
})
afterAll(() => stack.disposeAsync())

const admin = (words: string, options: Record<string, string> = {}) =>
  runAdmin(surroundings.control, words.split(' '), options)
const mirrored = async (tenantId: string) => {
  const entry = await surroundings.buckets.tenants.get(tenantId)
  return tenantRecord.parse(JSON.parse(Buffer.from(entry?.value ?? []).toString()))
}
const newTenant = async () => (await surroundings.control.createTenant('a tenant')).tenantId
const clientOf = async (tenantId: string) => {
  const client = gateway.client((await surroundings.addKey(tenantId)).apiKey)
  await waitFor(() => client.getPlan())
  return client
}

test('a new account is BASIC, and its limits are in the mirror', async () => {
  const tenantId = await newTenant()
  expect(await mirrored(tenantId)).toMatchObject({ plan: 'basic', limits: plans.basic.limits })
})

test('an account asks for a plan, the operator sees it and grants it, and the history has both', async () => {
  const tenantId = await newTenant()
  const client = await clientOf(tenantId)
  const asked = await client.changePlan({ plan: 'pro' })
  expect(asked).toMatchObject({ status: 'awaiting_approval', account: { plan: 'basic', requested: { plan: 'pro' } } })
  expect(await admin('tenant requests')).toContainEqual(
    expect.objectContaining({ tenant_id: tenantId, plan: 'basic', requested_plan: 'pro' }),
  )
  expect(await admin('tenant plan', { tenant: tenantId, plan: 'pro' })).toMatchObject({
    ...{ plan: 'pro', overrides: {}, requested: null },
    changes: [
      { from: 'basic', to: 'pro', state: 'applied', by: 'operator' },
      { from: 'basic', to: 'pro', state: 'requested', by: expect.stringMatching(/^key:/) },
    ],
  })
  expect(await mirrored(tenantId)).toMatchObject({ plan: 'pro', limits: plans.pro.limits })
  expect(await client.getPlan()).toMatchObject({ plan: 'pro', requested: null, limits: { live_sessions: 5 } })
})

test('agreed limits hold for their plan and end with it', async () => {
  const tenantId = await newTenant()
  const limits = { 'live-sessions': '200', 'messages-per-month': '9000000' }
  await admin('tenant plan', { tenant: tenantId, plan: 'enterprise', ...limits })
  expect(limitsOf(await mirrored(tenantId))).toEqual({
    ...plans.enterprise.limits,
    ...{ liveSessions: 200, messagesPerMonth: 9_000_000 },
  })
  const client = await clientOf(tenantId)
  expect((await client.changePlan({ plan: 'basic' })).status).toBe('applied')
  expect(limitsOf(await mirrored(tenantId))).toEqual(plans.basic.limits)
})

test('a request that is refused, taken back or replaced is in the history, and waits no more', async () => {
  const tenantId = await newTenant()
  const client = await clientOf(tenantId)
  await client.changePlan({ plan: 'pro' })
  await client.changePlan({ plan: 'pro' })
  await client.changePlan({ plan: 'max' })
  await client.changePlan({ plan: 'basic' })
  await client.changePlan({ plan: 'enterprise' })
  expect(await admin('tenant refuse-plan', { tenant: tenantId })).toEqual({ tenant_id: tenantId, refused: true })
  expect((await client.getPlan()).requested).toBeNull()
  const changes = await surroundings.control.plans.history(tenantId)
  expect(changes.map(({ toPlan, state }) => `${toPlan} ${state}`).toReversed()).toEqual([
    ...[
      'pro requested',
      'pro withdrawn',
      'max requested',
      'max withdrawn',
      'enterprise requested',
      'enterprise refused',
    ],
  ])
  expect(JSON.stringify(await admin('tenant requests'))).not.toContain(tenantId)
})

test.each([
  ['tenant plan', { tenant: 'ten_none', plan: 'pro' }, 'there is no tenant ten_none'],
  ['tenant plan', { tenant: 'ten_none', plan: 'gold' }, '--plan must be one of basic, pro, max, enterprise'],
  ['tenant plan', { tenant: 'ten_none', plan: 'pro', 'live-sessions': '-1' }, 'live-sessions'],
  ['tenant refuse-plan', { tenant: 'ten_none' }, 'there is no tenant ten_none'],
])('%s %j is refused: %s', async (words, options, complaint) => {
  await expect(admin(words, options)).rejects.toThrow(complaint)
})

test('the operators’ account can have people, and nothing else', async () => {
  const made = (await admin('operator create', { name: 'Ada' })) as { tenant_id: string }
  const nothing = Object.fromEntries(limitNames.map((name) => [name, 0]))
  expect(limitsOf(await mirrored(made.tenant_id))).toEqual({ ...nothing, members: 100 })
})

test('keys that ended are forgotten: all but the newest hundred, and all after thirty days', async () => {
  const { control, sql, buckets } = surroundings
  const { forgetEndedKeys } = await import('./control/ended-keys.ts')
  const tenantId = await newTenant()
  const { keyId: works } = await surroundings.addKey(tenantId)
  const made: string[] = []
  for (let n = 0; n < 103; n++) made.push((await surroundings.addKey(tenantId)).keyId)
  const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute))
  const written = (minute: number) => at(minute).toISOString()
  for (const [n, keyId] of made.entries())
    await sql`update api_key set revoked_at = ${written(n)} where tenant_id = ${tenantId} and key_id = ${keyId}`
  const forgotten = (await forgetEndedKeys(sql, at(200))).filter((keyId) => made.includes(keyId))
  expect(forgotten.toSorted()).toEqual(made.slice(0, 3).toSorted())
  for (const keyId of forgotten) await control.keys.mirrorKey(keyId)
  expect(await buckets.apiKeys.get(made[0] ?? '')).toBeUndefined()
  expect(await control.keys.count(tenantId, 'test')).toEqual({ usable: 1, ended: 100 })
  await forgetEndedKeys(sql, new Date(Date.UTC(2026, 2, 1)))
  expect(await control.keys.count(tenantId, 'test')).toEqual({ usable: 1, ended: 0 })
  expect((await control.keys.find(tenantId, 'test', works))?.keyId).toBe(works)
})
