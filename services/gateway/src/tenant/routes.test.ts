import { me } from '@wagate/api/account.ts'
import { type AdminTenant, adminTenantDetail, adminTenantPage, newAdminTenant } from '@wagate/api/admin-tenant.ts'
import { problem } from '@wagate/api/problems.ts'
import { expect, test } from 'vitest'
import { createWorld, type World } from '../fakes/world.ts'

const codeOf = async (response: Response) => problem.safeParse(await response.json()).data?.code

async function setUp() {
  const world = await createWorld()
  const { tenantId } = world.ours
  const path = `/v1/admin/tenants/${tenantId}`
  const order = (method: string, tail: string, body?: unknown, headers?: Record<string, string>) =>
    world.request(world.operatorKey, method, tail.startsWith('/v1') ? tail : `${path}${tail}`, body, headers)
  const detail = async (response: Response) => adminTenantDetail.parse(await response.json())
  const ids = async (query: string): Promise<string[]> => {
    const { data } = adminTenantPage.parse(await (await order('GET', `/v1/admin/tenants?${query}`)).json())
    return data.map(({ id }: AdminTenant) => id)
  }
  return { world, tenantId, path, order, detail, ids }
}

const entriesOf = ({ onRecord }: World, tenantId: string) =>
  onRecord.published
    .filter((entry) => entry.tenantId === tenantId)
    .map(({ action, actor }) => `${actor.kind} ${action}`)

test('the list is filtered, and paged without gaps or repeats', async () => {
  const { world, order, ids, tenantId } = await setUp()
  world.people.addMember(tenantId, 'owner', world.people.addPerson({ email: 'ada@example.com' }).id)
  for (let n = 0; n < 3; n++) await order('POST', '/v1/admin/tenants', { name: `Shoes ${n}`, plan: 'pro' })
  const shoes = await ids('q=sHOES')
  expect(shoes).toHaveLength(3)
  expect(await ids('plan=pro')).toEqual(shoes)
  const paged: string[] = []
  for (let cursor = ''; ; ) {
    const page = adminTenantPage.parse(await (await order('GET', `/v1/admin/tenants?q=shoes&limit=1${cursor}`)).json())
    paged.push(...page.data.map(({ id }) => id))
    if (page.next_cursor === null) break
    cursor = `&cursor=${encodeURIComponent(page.next_cursor)}`
  }
  expect(paged).toEqual(shoes)
  expect(await ids(`q=${tenantId}`)).toEqual([tenantId])
  expect(await ids('owner_email=Ada@Example.com')).toEqual([tenantId])
  expect(await ids('owner_email=da@example.com')).toEqual([])
  await world.request(world.ours.key, 'POST', '/v1/plan', { plan: 'pro' })
  expect(await ids('requested=true')).toEqual([tenantId])
  await order('POST', `/suspend`, { reason: 'why' })
  expect(await ids('status=suspended')).toEqual([tenantId])
})

test('a list shows what accounts have and use, and nobody’s address', async () => {
  const { world, order, tenantId } = await setUp()
  await world.setState(tenantId, world.ours.params.session_id ?? '', { status: 'connected' })
  const text = await (await order('GET', `/v1/admin/tenants?q=${tenantId}`)).text()
  expect(adminTenantPage.parse(JSON.parse(text)).data).toMatchObject([
    { sessions: { live: { existing: 1 }, sandbox: { existing: 1, connected: 1 } }, members: 2, messages_this_month: 0 },
  ])
  expect(text).not.toContain('@')
})

test('an account is made with agreed terms, and its owner is invited by mail, once for one idempotency key', async () => {
  const { world, order } = await setUp()
  const body = { name: 'Shoes', plan: 'enterprise', limits: { live_sessions: 200 }, monthly_price_cents: 49_900 }
  const make = () =>
    order('POST', '/v1/admin/tenants', { ...body, owner_email: ' Ada@Example.com ' }, { 'idempotency-key': 'k' })
  const made = newAdminTenant.parse(await (await make()).json())
  expect(made).toMatchObject({
    tenant: { plan: 'enterprise', monthly_price_cents: 49_900, limits: { live_sessions: 200 } },
    invitation: { email: 'ada@example.com' },
  })
  expect(newAdminTenant.parse(await (await make()).json())).toEqual(made)
  expect(world.people.mails).toMatchObject([{ kind: 'invitation', to: 'ada@example.com', role: 'owner' }])
  expect(entriesOf(world, made.tenant.id)).toEqual(['operator tenant.created', 'operator tenant.created'])
  expect(new Set(world.onRecord.records.map(({ id }) => id)).size).toBe(2)
  const ada = world.people.addPerson({ email: 'ada@example.com' })
  const token = world.people.signIn(ada.id)
  await world.request(token, 'POST', `/v1/auth/invitations/${made.invitation?.id}/accept`)
  expect(me.parse(await (await world.request(token, 'GET', '/v1/auth/me')).json()).tenants).toMatchObject([
    { id: made.tenant.id, role: 'owner' },
  ])
})

test('a suspended account is refused with the reason, may read it, and works again when it is activated', async () => {
  const { world, tenantId, order, detail } = await setUp()
  const { key } = world.ours
  const reason = 'The invoice of October is not paid.'
  expect(await detail(await order('POST', '/suspend', { reason }))).toMatchObject({
    status: 'suspended',
    suspended: { reason },
  })
  const refused = problem.parse(await (await world.request(key, 'GET', '/v1/sessions')).json())
  expect(refused).toMatchObject({ code: 'tenant-suspended', detail: expect.stringContaining(reason) })
  for (const credential of [key, world.ours.ownerToken]) {
    const own = await world.request(credential, 'GET', '/v1/tenant')
    expect(await own.json()).toMatchObject({ id: tenantId, status: 'suspended', suspended: { reason } })
    expect(await codeOf(await world.request(credential, 'PATCH', '/v1/tenant', { name: 'x' }))).toBe('tenant-suspended')
  }
  expect(await detail(await order('POST', '/activate'))).toMatchObject({ status: 'active', suspended: null })
  expect((await world.request(key, 'GET', '/v1/sessions')).status).toBe(200)
})

test('each owner, and nobody else, is told why the account is suspended, when the reason changes, and once when it works again', async () => {
  const { world, tenantId, order } = await setUp()
  const second = world.people.addPerson({ name: 'Ben' })
  world.people.addMember(tenantId, 'owner', second.id)
  world.people.addMember(tenantId, 'admin')
  await order('POST', '/activate')
  for (const reason of ['unpaid', 'unpaid', 'spam']) await order('POST', '/suspend', { reason })
  for (let n = 0; n < 2; n++) await order('POST', '/activate')
  const toSecond = world.people.mails.filter(({ to }) => to === second.email)
  expect(toSecond).toMatchObject([
    { kind: 'tenant_suspended', name: 'Ben', reason: 'unpaid' },
    { kind: 'tenant_suspended', name: 'Ben', reason: 'spam' },
    { kind: 'tenant_activated', name: 'Ben' },
  ])
  const owners = [...world.people.members.values()].filter((one) => one.tenantId === tenantId && one.role === 'owner')
  expect(world.people.mails).toHaveLength(3 * owners.length)
})

test('every order is in the log of the account that it is done to and in the operator’s own, under the operator’s id', async () => {
  const { world, tenantId, order } = await setUp()
  await order('POST', '/suspend', { reason: 'secret of the customer' })
  await order('POST', '/activate')
  await order('POST', '/plan', { plan: 'pro' })
  await world.request(world.ours.key, 'POST', '/v1/plan', { plan: 'max' })
  await order('POST', '/refuse-plan')
  await order('POST', '/deletion', { grace_days: 3 })
  await order('DELETE', '/deletion')
  expect(world.people.mails.map(({ kind }) => kind)).toEqual([
    ...['tenant_suspended', 'tenant_activated', 'deletion_asked', 'deletion_taken_back'],
  ])
  const done = [
    ...['tenant.suspended', 'tenant.activated', 'plan.changed', 'plan.request_refused'],
    ...['tenant.deletion_requested', 'tenant.deletion_cancelled'],
  ]
  const theirs = world.onRecord.published.filter(
    (entry) => entry.tenantId === tenantId && entry.actor.kind === 'operator',
  )
  expect(theirs.map(({ action }) => action)).toEqual(done)
  const own = world.onRecord.published.filter((entry) => entry.tenantId !== tenantId)
  expect(own.map(({ action, targets }) => [action, ...targets])).toEqual(done.map((action) => [action, tenantId]))
  expect(new Set([...theirs, ...own].map(({ actor }) => actor.id)).size).toBe(1)
  expect(JSON.stringify(world.onRecord.published)).not.toContain('secret of the customer')
})

test('what is refused leaves no trace', async () => {
  const { world, order } = await setUp()
  expect(await codeOf(await order('POST', '/refuse-plan'))).toBe('no-plan-request')
  expect(await codeOf(await order('DELETE', '/deletion'))).toBe('no-deletion')
  const bad: [string, string, unknown][] = [
    ['POST', '/suspend', {}],
    ['POST', '/deletion', { grace_days: 0 }],
    ['POST', '/plan', { plan: 'gold' }],
    ['POST', '/plan', { plan: 'pro', limits: { members: -1 } }],
    ['POST', '/plan', { plan: 'pro', limits: { elephants: 1 } }],
    ['POST', '/v1/admin/tenants', { name: 'x', owner_email: 'nobody' }],
  ]
  for (const [method, path, body] of bad) expect(await codeOf(await order(method, path, body))).toBe('invalid-request')
  expect(world.onRecord.published).toEqual([])
})

test('the plan that is set holds at once, with what was agreed and nothing that was agreed before', async () => {
  const { world, order, detail } = await setUp()
  await order('POST', '/plan', { plan: 'enterprise', limits: { members: 7 }, monthly_price_cents: 49_900 })
  expect(await (await world.request(world.ours.key, 'GET', '/v1/plan')).json()).toMatchObject({
    plan: 'enterprise',
    monthly_price_usd: 499,
    limits: { members: 7 },
  })
  const changed = await detail(await order('POST', '/plan', { plan: 'pro' }))
  expect(changed).toMatchObject({ monthly_price_cents: 2_900, agreed_price_cents: null, limits: { members: 10 } })
  expect(changed.plan_changes.map(({ from, to, monthly_price_cents: cents }) => [from, to, cents])).toEqual([
    ['enterprise', 'pro', 2_900],
    ['basic', 'enterprise', 49_900],
  ])
})
