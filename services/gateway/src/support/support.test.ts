import { problem } from '@wagate/api/problems.ts'
import { supportAccess, supportAccessPage, supportToken } from '@wagate/api/support.ts'
import { supportScopes } from '@wagate/messages/roles.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const codeOf = async (response: Response) => problem.safeParse(await response.json()).data?.code
const reason = 'You asked why webhooks come late.'

async function setUp() {
  let at = new Date('2026-11-21T12:00:00Z')
  const world = await createWorld({ now: () => at })
  const { people, request, ours, operatorsId, operatorKey } = world
  const accesses = (tenantId: string) => `/v1/admin/tenants/${tenantId}/support-accesses`
  const open = async (key: string, tenantId = ours.tenantId, body: object = { reason, minutes: 30 }) =>
    supportAccess.parse(await (await request(key, 'POST', accesses(tenantId), body)).json())
  const ask = (key: string, id: string, tenantId = ours.tenantId) =>
    request(key, 'POST', `${accesses(tenantId)}/${id}/tokens`, { mode: 'test' })
  const tokenOf = async (key: string, id: string) => supportToken.parse(await (await ask(key, id)).json()).token
  /** Somebody of the operators, with the token for their account. */
  async function operator() {
    const personId = people.addMember(operatorsId, 'admin')
    return { personId, token: await world.tokenOf(operatorsId, personId, 'live') }
  }
  const entriesOf = (tenantId: string) => world.onRecord.published.filter((entry) => entry.tenantId === tenantId)
  const pass = (minutes: number) => {
    at = new Date(at.getTime() + minutes * 60_000)
  }
  return { ...world, accesses, open, ask, tokenOf, operator, entriesOf, pass, operatorKeyId: operatorKey.split('_')[2] }
}

test('an operator looks for a while; owners get a mail, and the account has it on record with reason and time', async () => {
  const { operator, open, tokenOf, request, people, ours, entriesOf, operatorsId } = await setUp()
  const { personId, token } = await operator()
  const access = await open(token)
  expect(access).toMatchObject({ operator_id: personId, state: 'open', ends_at: '2026-11-21T12:30:00.000Z' })
  const owners = people.mails.filter(({ kind }) => kind === 'support_access_opened')
  expect(owners).toMatchObject([{ tenantName: 'a tenant', reason, until: new Date('2026-11-21T12:30:00Z') }])
  const listed = supportAccessPage.parse(await (await request(ours.key, 'GET', '/v1/support-accesses')).json())
  expect(listed.data).toContainEqual(access)

  const looking = await tokenOf(token, access.id)
  for (let n = 0; n < 3; n++) expect((await request(looking, 'GET', '/v1/sessions')).status).toBe(200)
  const path = `/v1/sessions/${ours.params.session_id}`
  expect((await request(looking, 'GET', path)).status).toBe(200)
  expect(await codeOf(await request(looking, 'GET', `${path}/messages`))).toBe('permission-missing')
  expect(await codeOf(await request(looking, 'GET', `${path}/qr`))).toBe('permission-missing')
  const by = { kind: 'operator', id: personId }
  expect(entriesOf(ours.tenantId)).toMatchObject([
    {
      ...{ action: 'tenant.support_access_granted', actor: by, targets: [ours.tenantId, access.id], mode: null },
      changes: { reason, until: access.ends_at },
    },
    { action: 'support.looked', actor: by, targets: [access.id], route: 'GET /v1/sessions', mode: 'test' },
    {
      ...{ action: 'support.looked', actor: by, route: 'GET /v1/sessions/{session_id}' },
      targets: [access.id, ours.params.session_id],
    },
  ])
  expect(entriesOf(operatorsId)).toMatchObject([
    { action: 'tenant.support_access_granted', actor: by, targets: [ours.tenantId, access.id] },
    { action: 'token.issued', actor: by, targets: expect.arrayContaining([access.id]) },
  ])
})

test('what is looked at again and again is told once a minute', async () => {
  const { operatorKey, open, tokenOf, request, ours, entriesOf, pass } = await setUp()
  const looking = await tokenOf(operatorKey, (await open(operatorKey)).id)
  const look = async () => {
    for (let n = 0; n < 5; n++) await request(looking, 'GET', '/v1/usage')
  }
  await look()
  pass(1)
  await look()
  expect(entriesOf(ours.tenantId).filter(({ action }) => action === 'support.looked').length).toBe(2)
})

test('a token lasts five minutes, and never longer than the access', async () => {
  const { operatorKey, open, ask, pass } = await setUp()
  const { id } = await open(operatorKey)
  const expiryOf = async () => supportToken.parse(await (await ask(operatorKey, id)).json())
  expect(await expiryOf()).toMatchObject({
    expires_at: '2026-11-21T12:05:00.000Z',
    scopes: supportScopes,
    mode: 'test',
  })
  pass(28)
  expect(await expiryOf()).toMatchObject({ expires_at: '2026-11-21T12:30:00.000Z' })
  pass(2)
  expect(await codeOf(await ask(operatorKey, id))).toBe('support-access-over')
})

test('an owner ends it, and the token that is about shows nothing any more', async () => {
  const { operatorKey, open, ask, tokenOf, request, ours, entriesOf } = await setUp()
  const { id } = await open(operatorKey)
  const looking = await tokenOf(operatorKey, id)
  expect((await request(ours.ownerToken, 'DELETE', `/v1/support-accesses/${id}`)).status).toBe(204)
  expect(await codeOf(await request(looking, 'GET', '/v1/sessions'))).toBe('api-key-invalid')
  expect(await codeOf(await ask(operatorKey, id))).toBe('support-access-over')
  const { data } = supportAccessPage.parse(await (await request(ours.key, 'GET', '/v1/support-accesses')).json())
  expect(data.find((one) => one.id === id)).toMatchObject({
    ...{ state: 'ended', ended_by: expect.stringMatching(/^person:per_/) },
  })
  expect(entriesOf(ours.tenantId).at(-1)).toMatchObject({
    ...{ action: 'tenant.support_access_revoked', actor: { kind: 'person' }, targets: [id] },
  })
})

test('an operator ends it as well, and the account reads who did', async () => {
  const { operator, operatorKey, open, request, accesses, ours, entriesOf } = await setUp()
  const { id } = await open(operatorKey)
  const { personId, token } = await operator()
  expect((await request(token, 'DELETE', `${accesses(ours.tenantId)}/${id}`)).status).toBe(204)
  expect(entriesOf(ours.tenantId).at(-1)).toMatchObject({
    ...{ action: 'tenant.support_access_revoked', actor: { kind: 'operator', id: personId } },
    targets: expect.arrayContaining([id]),
  })
})

test('only who opened it looks, and only while he is an operator', async () => {
  const { operator, open, ask, tokenOf, request, people, operatorsId, operatorKey } = await setUp()
  const { personId, token } = await operator()
  const { id } = await open(token)
  expect(await codeOf(await ask(operatorKey, id))).toBe('support-access-of-another')
  const looking = await tokenOf(token, id)
  people.addMember(operatorsId, 'viewer', personId)
  expect(await codeOf(await request(looking, 'GET', '/v1/sessions'))).toBe('api-key-invalid')
})

test('with a key that was revoked nobody looks any more', async () => {
  const { operatorKey, operatorKeyId = '', open, tokenOf, request, keys } = await setUp()
  const looking = await tokenOf(operatorKey, (await open(operatorKey)).id)
  const key = keys.get(operatorKeyId)
  if (key) keys.set(operatorKeyId, { ...key, revokedAt: new Date(0).toISOString() })
  expect(await codeOf(await request(looking, 'GET', '/v1/sessions'))).toBe('api-key-invalid')
})

test("a suspended account can be looked into; the operators' own, and one that is none, cannot", async () => {
  const { operatorKey, open, tokenOf, request, accesses, addTenant, operatorsId } = await setUp()
  const { tenantId } = await addTenant('suspended')
  const { id } = await open(operatorKey, tenantId)
  const answer = await request(operatorKey, 'POST', `${accesses(tenantId)}/${id}/tokens`, {})
  const { token } = supportToken.parse(await answer.json())
  expect((await request(token, 'GET', '/v1/tenant')).status).toBe(200)
  for (const none of [operatorsId, 'ten_01M7SJ8EE06SSV1V9ACYJE27JV', 'none'])
    expect(await codeOf(await request(operatorKey, 'POST', accesses(none), { reason }))).toBe('tenant-not-found')
  expect(await tokenOf(operatorKey, (await open(operatorKey)).id)).toMatch(/^eyJ/)
})

test('operators list what is open, and all of one account', async () => {
  const { operatorKey, open, request, ours, theirs, accesses, pass } = await setUp()
  const [first, second] = [await open(operatorKey), await open(operatorKey, theirs.tenantId)]
  await request(operatorKey, 'DELETE', `${accesses(ours.tenantId)}/${first.id}`)
  const list = async (query: string) =>
    supportAccessPage.parse(await (await request(operatorKey, 'GET', `/v1/admin/support-accesses${query}`)).json())
  const ids = (page: { data: { id: string }[] }) => page.data.map(({ id }) => id)
  expect(ids(await list(''))).toContain(second.id)
  expect(ids(await list(''))).not.toContain(first.id)
  expect(ids(await list(`?tenant_id=${ours.tenantId}`))).toContain(first.id)
  const page = await list('?limit=1')
  expect(ids(await list(`?limit=1&cursor=${page.next_cursor}`))).not.toEqual(ids(page))
  pass(120)
  expect(ids(await list(''))).toEqual([])
})

test('a repeat with the same Idempotency-Key opens one access and writes one mail', async () => {
  const { operatorKey, request, accesses, ours, people } = await setUp()
  const once = () =>
    request(operatorKey, 'POST', accesses(ours.tenantId), { reason }, { 'idempotency-key': 'ticket-4711' })
  const [first, again] = [await once(), await once()]
  expect(await again.json()).toEqual(await first.json())
  expect(people.mails.filter(({ kind }) => kind === 'support_access_opened').length).toBe(1)
})

test('an id that is none is refused in the list as well', async () => {
  const { operatorKey, request } = await setUp()
  const answer = await request(operatorKey, 'GET', '/v1/admin/support-accesses?tenant_id=%00')
  expect(problem.parse(await answer.json())).toMatchObject({ code: 'invalid-request', errors: [{ path: 'tenant_id' }] })
})

test.each([
  [{ reason: 'no' }, 'reason'],
  [{ reason: 'x'.repeat(501) }, 'reason'],
  [{ reason, minutes: 4 }, 'minutes'],
  [{ reason, minutes: 481 }, 'minutes'],
  [{ reason, minutes: 7.5 }, 'minutes'],
])('%o is refused', async (body, field) => {
  const { operatorKey, request, accesses, ours } = await setUp()
  const answer = await request(operatorKey, 'POST', accesses(ours.tenantId), body)
  expect(problem.parse(await answer.json())).toMatchObject({ code: 'invalid-request', errors: [{ path: field }] })
})
