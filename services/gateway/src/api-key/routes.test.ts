import type { ApiKey, ApiKeyWithSecret } from '@wagate/api/api-key.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

async function setUp() {
  const world = await createWorld()
  const { key } = world.ours
  const create = async (body: unknown, by = key, headers: Record<string, string> = {}) => {
    const response = await world.request(by, 'POST', '/v1/api-keys', body, headers)
    return { status: response.status, body: (await response.json()) as ApiKeyWithSecret & { code: string } }
  }
  const statusOf = async (by: string, path: string) => (await world.request(by, 'GET', path)).status
  return { world, key, create, statusOf }
}

test('a new key does what its scopes allow, and is shown without its secret afterwards', async () => {
  const { world, key, create, statusOf } = await setUp()
  const made = await create({ name: 'shop', scopes: ['sessions:read'] })
  expect(made).toMatchObject({ status: 201, body: { mode: 'test', scopes: ['sessions:read'], session_ids: null } })
  expect(await statusOf(made.body.api_key, '/v1/sessions')).toBe(200)
  expect(await statusOf(made.body.api_key, '/v1/webhooks')).toBe(403)
  const shown = (await (await world.request(key, 'GET', `/v1/api-keys/${made.body.id}`)).json()) as ApiKey
  expect(shown).toMatchObject({ id: made.body.id, revoked_at: null })
  expect(JSON.stringify(shown)).not.toContain(made.body.api_key.split('_')[3])
})

test('the same request again gives the same key, not another one', async () => {
  const { world, create, key } = await setUp()
  const headers = { 'idempotency-key': 'once' }
  const [first, again] = [
    await create({ scopes: ['sandbox'] }, key, headers),
    await create({ scopes: ['sandbox'] }, key, headers),
  ]
  expect(again.body).toEqual(first.body)
  for await (const name of world.idempotency.keys()) {
    const stored = Buffer.from((await world.idempotency.get(name))?.value ?? []).toString()
    expect(stored).not.toContain(first.body.api_key)
  }
})

test('nobody gives away more than he has', async () => {
  const { world, create } = await setUp()
  const soon = new Date(Date.now() + 60_000).toISOString()
  const weak = world.addKey(world.ours.tenantId, 'test', ['keys:write', 'sandbox'], {
    expiresAt: soon,
    requestsPerSecond: 50,
  })
  const within = { scopes: ['sandbox'], expires_at: soon, requests_per_second: 50 }
  expect((await create(within, weak)).status).toBe(201)
  expect((await create({ ...within, scopes: ['messages:write'] }, weak)).body.code).toBe('scope-missing')
  const { tenantId } = world.ours
  const developer = await world.tokenOf(tenantId, world.people.addMember(tenantId, 'developer'))
  expect((await create({ ...within, scopes: ['members:write'] }, developer)).body).toMatchObject({
    code: 'permission-missing',
    detail: 'You do not have members:write in this account, so you cannot give that away.',
  })
  for (const more of [{ expires_at: null }, { expires_at: '2100-01-01T00:00:00Z' }, { requests_per_second: null }])
    expect((await create({ ...within, ...more }, weak)).body.code).toBe('invalid-request')
  const strong = await create({ scopes: ['messages:write', 'keys:read'] })
  const stolen = await world.request(weak, 'POST', `/v1/api-keys/${strong.body.id}/rotate`, {})
  expect(stolen.status).toBe(403)
})

test('an end that is over is refused with what to write', async () => {
  const { create } = await setUp()
  const { status, body } = await create({ scopes: ['sandbox'], expires_at: '2020-01-01T00:00:00Z' })
  expect({ status, body }).toMatchObject({ status: 422, body: { errors: [{ path: 'expires_at' }] } })
})

test('a key for one session reaches that, its messages and its chats, and nothing else', async () => {
  const { world, create, statusOf } = await setUp()
  const { session_id: own, message_id, chat_id } = world.ours.params
  const other = await world.addSession(world.ours.tenantId, 'test')
  const scopes = ['sessions:read', 'messages:read', 'webhooks:read', 'sandbox', 'sessions:write', 'keys:read']
  const [forOwn, forOther] = [
    (await create({ scopes, session_ids: [own] })).body.api_key,
    (await create({ scopes, session_ids: [other] })).body.api_key,
  ]
  const paths = [`/v1/sessions/${own}`, `/v1/messages/${message_id}`, `/v1/chats/${chat_id}/messages`]
  for (const path of paths) expect([await statusOf(forOwn, path), await statusOf(forOther, path)]).toEqual([200, 404])
  const list = async (key: string, path: string) => {
    const { data } = (await (await world.request(key, 'GET', path)).json()) as { data: unknown[] }
    return data.length
  }
  expect([await list(forOwn, '/v1/sessions'), await list(forOwn, '/v1/chats')]).toEqual([1, 1])
  expect([await list(forOther, '/v1/sessions'), await list(forOther, '/v1/chats')]).toEqual([1, 0])
  expect(await list(forOther, `/v1/chats?session_id=${own}`)).toBe(0)
  for (const path of ['/v1/webhooks', '/v1/sandbox/phones', '/v1/api-keys'])
    expect(await statusOf(forOwn, path)).toBe(403)
  expect((await world.request(forOwn, 'POST', '/v1/sessions', {})).status).toBe(403)
})

test("sessions that a key is made for must be the account's, of that mode", async () => {
  const { world, create } = await setUp()
  for (const id of [world.theirs.params.session_id, world.ours.liveParams.session_id, 'ses_none'])
    expect((await create({ scopes: ['sandbox'], session_ids: [id] })).status).toBe(422)
})

test('a rotated key works on for the overlap, then only its successor does', async () => {
  let now = new Date('2026-11-20T10:00:00Z')
  const world = await createWorld({ now: () => now })
  const post = async (path: string, body: unknown) =>
    (await (await world.request(world.ours.key, 'POST', path, body)).json()) as ApiKeyWithSecret
  const old = await post('/v1/api-keys', { scopes: ['sessions:read'] })
  const next = await post(`/v1/api-keys/${old.id}/rotate`, { overlap_seconds: 60 })
  const works = async ({ api_key }: ApiKeyWithSecret) => (await world.request(api_key, 'GET', '/v1/sessions')).status
  expect([await works(old), await works(next)]).toEqual([200, 200])
  now = new Date(now.getTime() + 61_000)
  expect([await works(old), await works(next)]).toEqual([401, 200])
  const again = await world.request(world.ours.key, 'POST', `/v1/api-keys/${old.id}/rotate`, {})
  expect(((await again.json()) as { code: string }).code).toBe('api-key-ended')
})

test('a revoked key is refused, and revoking it again is no error', async () => {
  const { world, key, create, statusOf } = await setUp()
  const { id, api_key } = (await create({ scopes: ['sessions:read'] })).body
  for (let n = 0; n < 2; n++) expect((await world.request(key, 'DELETE', `/v1/api-keys/${id}`)).status).toBe(204)
  expect(await statusOf(api_key, '/v1/sessions')).toBe(401)
})

test('an account has only so many keys that work', async () => {
  const world = await createWorld()
  const { key } = await world.addTenant('active', { apiKeys: 3 })
  const create = () => world.request(key, 'POST', '/v1/api-keys', { scopes: ['sandbox'] })
  // Two of the mode are there already.
  const { id } = (await (await create()).json()) as ApiKeyWithSecret
  expect((await create()).status).toBe(409)
  await world.request(key, 'DELETE', `/v1/api-keys/${id}`)
  expect((await create()).status).toBe(201)
})

test('keys that work on after a rotation are at most as many as there may be', async () => {
  const world = await createWorld()
  const { key } = await world.addTenant('active', { apiKeys: 3 })
  const body = { overlap_seconds: 3_600 }
  let { id } = (await (
    await world.request(key, 'POST', '/v1/api-keys', { scopes: ['sandbox'] })
  ).json()) as ApiKeyWithSecret
  const statuses = []
  for (let n = 0; n < 4; n++) {
    const answer = await world.request(key, 'POST', `/v1/api-keys/${id}/rotate`, body)
    statuses.push(answer.status)
    if (answer.ok) id = ((await answer.json()) as ApiKeyWithSecret).id
  }
  expect(statuses).toEqual([201, 201, 201, 409])
})

test('who makes and revokes keys without end has to wait until the oldest are forgotten', async () => {
  const world = await createWorld()
  const revokedAt = new Date(0).toISOString()
  for (let n = 0; n < 1_000; n++) world.addKey(world.ours.tenantId, 'test', [], { revokedAt })
  const refused = await world.request(world.ours.key, 'POST', '/v1/api-keys', { scopes: ['sandbox'] })
  expect({ status: refused.status, retryAfter: refused.headers.get('retry-after') }).toEqual({
    status: 409,
    retryAfter: '60',
  })
})

test('a key of a lower rate is told when to come back', async () => {
  const world = await createWorld({ rate: { perSecond: 100, burst: 100 }, monotonicMs: () => 0 })
  const slow = world.addKey(world.ours.tenantId, 'test', undefined, { requestsPerSecond: 2 })
  const statuses = []
  for (let n = 0; n < 3; n++) statuses.push((await world.request(slow, 'GET', '/v1/sessions')).status)
  expect(statuses).toEqual([200, 200, 429])
})
