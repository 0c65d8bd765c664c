// The operator's routes for accounts, on a real database and broker: what they find, what they change, and where that is on record.

import { ApiError } from '@wagate/api/call.ts'
import { tenantRecord } from '@wagate/messages/control.ts'
import { auditSubject } from '@wagate/messages/subjects.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runAdmin } from './control/admin.ts'
import { newId, type Surroundings, startGateway, startSurroundings } from './testing/gateway-process.ts'

let surroundings: Surroundings
let gateway: Awaited<ReturnType<typeof startGateway>>
let operator: ReturnType<typeof gateway.client>
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  gateway = stack.use(await startGateway(surroundings))
  const { api_key: key } = (await runAdmin(surroundings.control, ['operator', 'create'], { name: 'Ada' })) as {
    api_key: string
  }
  operator = gateway.client(key)
})
afterAll(() => stack.disposeAsync())

const mirrored = async (tenantId: string) => {
  const entry = await surroundings.buckets.tenants.get(tenantId)
  return tenantRecord.parse(JSON.parse(Buffer.from(entry?.value ?? []).toString()))
}

async function join(tenantId: string, email: string, role: 'owner' | 'admin' = 'owner'): Promise<string> {
  const personId = newId('person')
  await surroundings.sql`insert into person ${surroundings.sql({ person_id: personId, name: 'Ada', email })}`
  await surroundings.control.members.add(tenantId, personId, role)
  return personId
}

test('accounts are found by name, id, owner, plan, state and request, newest first; the operators’ own is none of them', async () => {
  const made: string[] = []
  for (const name of ['50% Shoes', 'Shoes_2', 'Hats'])
    made.push((await operator.createTenant({ name, plan: 'pro' })).tenant.id)
  const [percent = '', underscore = '', hats = ''] = made
  await join(hats, 'hats@example.com')
  await join(hats, 'admin@example.com', 'admin')
  const ids = async (query: Parameters<typeof operator.listTenants>[0]) =>
    (await operator.listTenants(query)).data.map(({ id }) => id)
  expect(await ids({ q: 'shoes' })).toEqual([underscore, percent])
  expect(await ids({ q: '0% s' })).toEqual([percent])
  expect(await ids({ q: 's_' })).toEqual([underscore])
  expect(await ids({ q: hats })).toEqual([hats])
  expect(await ids({ q: '\\' })).toEqual([])
  expect(await ids({ owner_email: 'HATS@example.com' })).toEqual([hats])
  expect(await ids({ owner_email: 'admin@example.com' })).toEqual([])
  expect(await ids({ plan: 'pro' })).toEqual(made.toReversed())
  expect(await ids({ q: 'operator' })).toEqual([])
  await operator.suspendTenant(hats, { reason: 'why' })
  expect(await ids({ status: 'suspended' })).toEqual([hats])
  await operator.deleteTenant(percent, { grace_days: 3 })
  expect(await ids({ status: 'deleting' })).toEqual([percent])
  await surroundings.control.plans.wish(underscore, 'max', 'key:1')
  expect(await ids({ requested: 'true' })).toEqual([underscore])
  expect((await operator.listPlanRequests()).data).toMatchObject([{ tenant_id: underscore, requested_plan: 'max' }])
  const [first] = (await operator.listTenants({ q: hats })).data
  expect(first).toMatchObject({ members: 2, status: 'suspended', monthly_price_cents: 2_900 })
  const pages: string[] = []
  for (let cursor: string | undefined; ; ) {
    const page = await operator.listTenants({ plan: 'pro', limit: 2, ...(cursor !== undefined && { cursor }) })
    pages.push(...page.data.map(({ id }) => id))
    if (page.next_cursor === null) break
    cursor = page.next_cursor
  }
  expect(pages).toEqual(made.toReversed())
})

test('what is shown of one account has its owners, terms, history and open work', async () => {
  const limits = { live_sessions: 200 }
  const made = await operator.createTenant({ name: 'Big', plan: 'enterprise', limits, monthly_price_cents: 49_900 })
  const { id } = made.tenant
  const personId = await join(id, 'big@example.com')
  await surroundings.addKey(id)
  const { deletes_at: deletesAt } = await operator.deleteTenant(id)
  expect(await operator.getTenantDetail(id)).toMatchObject({
    ...{ owners: [{ id: personId, email: 'big@example.com' }], monthly_price_cents: 49_900, deletes_at: deletesAt },
    ...{ agreed_limits: limits, agreed_price_cents: 49_900, limits: { live_sessions: 200, members: 500 } },
    used: { api_keys: { test: 1, live: 0 }, members: 1 },
    plan_changes: [{ from: 'basic', to: 'enterprise', state: 'applied', by: 'operator', monthly_price_cents: 49_900 }],
    jobs: [{ kind: 'erase_tenant', status: 'waiting', due_at: deletesAt }],
  })
  await operator.keepTenant(id)
  expect(await operator.getTenantDetail(id)).toMatchObject({ deletes_at: null, jobs: [] })
  expect((await operator.setPlan(id, { plan: 'pro' })).plan_changes[0]).toMatchObject({ monthly_price_cents: 2_900 })
  expect((await operator.getTenantUsage(id)).mode).toBe('live')
})

test('a suspended account is refused with the reason by keys, reads it, and works again', async () => {
  const tenantId = await surroundings.addTenant()
  const client = gateway.client((await surroundings.addKey(tenantId)).apiKey)
  await waitFor(() => client.getPlan())
  const shown = await operator.suspendTenant(tenantId, { reason: 'The invoice is not paid.' })
  expect(shown.suspended).toMatchObject({ reason: 'The invoice is not paid.' })
  expect(await mirrored(tenantId)).toMatchObject({ status: 'suspended', suspension: { since: shown.suspended?.since } })
  const refused = await waitFor(() =>
    client.getPlan().then(
      () => undefined,
      (error: unknown) => error,
    ),
  )
  expect(refused).toBeInstanceOf(ApiError)
  expect(refused).toMatchObject({
    problem: { code: 'tenant-suspended', detail: expect.stringContaining('The invoice is not paid.') },
  })
  expect(await client.getTenant()).toMatchObject({ suspended: { reason: 'The invoice is not paid.' } })
  const again = await operator.suspendTenant(tenantId, { reason: 'Nor is that of November.' })
  expect(again.suspended).toEqual({ since: shown.suspended?.since, reason: 'Nor is that of November.' })
  await operator.activateTenant(tenantId)
  expect((await mirrored(tenantId)).suspension).toBeUndefined()
  await waitFor(() => client.getPlan())
})

test('what is done to an account is published for its own log and the operator’s, under the operator’s key', async () => {
  const tenantId = await surroundings.addTenant()
  await operator.suspendTenant(tenantId, { reason: 'private' })
  const entries: string[] = []
  for await (const message of surroundings.provisioner.readSubject('AUDIT', auditSubject(tenantId)))
    entries.push(Buffer.from(message.data).toString())
  expect(entries.map((entry) => JSON.parse(entry))).toMatchObject([
    { action: 'tenant.suspended', actor: { kind: 'operator' }, targets: [tenantId], mode: null },
  ])
  expect(entries.join()).not.toContain('private')
})

test('what was erased, and what never was, is not found', async () => {
  const tenantId = await surroundings.addTenant()
  await surroundings.sql`update tenant set erased_at = now() where tenant_id = ${tenantId}`
  for (const id of [tenantId, newId('tenant'), 'none'])
    for (const ask of [operator.getTenantDetail, operator.activateTenant, operator.keepTenant])
      await expect(ask(id)).rejects.toMatchObject({ problem: { code: 'tenant-not-found', status: 404 } })
  expect((await operator.listTenants({ q: tenantId })).data).toEqual([])
})
