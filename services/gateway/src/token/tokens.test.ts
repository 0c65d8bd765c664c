import { randomBytes } from 'node:crypto'
import type { Token } from '@wagate/api/token.ts'
import { signingKeyRecord } from '@wagate/messages/control.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { mirror } from '@wagate/runtime/mirror.ts'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'
import { createSigningKeys } from './signing-keys.ts'
import { createTokens } from './tokens.ts'

async function setUp() {
  let now = new Date('2026-11-20T10:00:00Z')
  const world = await createWorld({ now: () => now })
  const issue = async (body: unknown, by = world.ours.key) => {
    const response = await world.request(by, 'POST', '/v1/tokens', body)
    return { status: response.status, body: (await response.json()) as Token & { code: string } }
  }
  const answer = async (token: string, path: string, method = 'GET', body?: unknown) => {
    const response = await world.request(token, method, path, body)
    return response.status
  }
  const advance = (seconds: number): void => {
    now = new Date(now.getTime() + seconds * 1_000)
  }
  return { world, issue, answer, advance }
}

test('a token reads what it was made for, and nothing else, until it ends', async () => {
  const { issue, answer, advance } = await setUp()
  const { body, status } = await issue({ scopes: ['sessions:read'], expires_in: 60 })
  expect(status).toBe(201)
  expect(await answer(body.token, '/v1/sessions')).toBe(200)
  expect(await answer(body.token, '/v1/chats')).toBe(403)
  expect(await answer(body.token, '/v1/sessions', 'POST', {})).toBe(403)
  expect(await answer(body.token, '/v1/tokens', 'POST', { scopes: ['sessions:read'] })).toBe(403)
  advance(61)
  expect(await answer(body.token, '/v1/sessions')).toBe(401)
})

test('a token ends with its key, and cannot do more than it', async () => {
  const { world, issue, answer } = await setUp()
  const key = world.addKey(world.ours.tenantId, 'test', ['tokens:write', 'sessions:read'])
  expect((await issue({ scopes: ['messages:read'] }, key)).body.code).toBe('scope-missing')
  const { token } = (await issue({ scopes: ['sessions:read'] }, key)).body
  expect(await answer(token, '/v1/sessions')).toBe(200)
  const record = world.keys.get(key.split('_')[2] ?? '')
  if (record) record.revokedAt = new Date(0).toISOString()
  expect(await answer(token, '/v1/sessions')).toBe(401)
})

test('a token of a key that ends soon does not outlive it', async () => {
  const { world, issue } = await setUp()
  const expiresAt = '2026-11-20T10:01:00.000Z'
  const key = world.addKey(world.ours.tenantId, 'test', undefined, { expiresAt })
  expect((await issue({ scopes: ['events:read'], expires_in: 3_600 }, key)).body.expires_at).toBe(expiresAt)
})

test('a token that a person makes ends with the one that the person came with', async () => {
  const { world, issue } = await setUp()
  const { body } = await issue({ scopes: ['events:read'], expires_in: 3_600 }, world.ours.ownerToken)
  expect(body.expires_at).toBe('2026-11-20T10:05:00.000Z')
})

test('a token for one session reaches that one, and no further than its key', async () => {
  const { world, issue, answer } = await setUp()
  const { session_id: own } = world.ours.params
  const other = await world.addSession(world.ours.tenantId, 'test')
  const { token } = (await issue({ scopes: ['sessions:read'], session_ids: [own] })).body
  expect([await answer(token, `/v1/sessions/${own}`), await answer(token, `/v1/sessions/${other}`)]).toEqual([200, 404])
  const restricted = world.addKey(world.ours.tenantId, 'test', undefined, { sessionIds: [own] })
  expect((await issue({ scopes: ['sessions:read'], session_ids: [other] }, restricted)).status).toBe(422)
  const inherited = (await issue({ scopes: ['sessions:read'] }, restricted)).body
  expect(inherited.session_ids).toEqual([own])
  expect(await answer(inherited.token, `/v1/sessions/${other}`)).toBe(404)
})

test('anybody can verify a token with what is published, and nobody can make one with it', async () => {
  const { world, issue, answer } = await setUp()
  const { token } = (await issue({ scopes: ['events:read'] })).body
  const published = (await (await world.app.request('/.well-known/jwks.json')).json()) as { keys: object[] }
  expect(Object.keys(published.keys[0] ?? {}).toSorted()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x'])
  const { payload } = await jwtVerify(token, createLocalJWKSet(published as never), {
    currentDate: new Date('2026-11-20T10:00:00Z'),
  })
  expect(payload).toMatchObject({ iss: 'http://localhost:8080', tenant: world.ours.tenantId, scope: 'events:read' })
  const [header, body, signature = ''] = token.split('.')
  const claims = JSON.parse(Buffer.from(body ?? '', 'base64url').toString())
  const forged = Buffer.from(JSON.stringify({ ...claims, tenant: world.theirs.tenantId })).toString('base64url')
  const none = Buffer.from(JSON.stringify({ alg: 'none', kid: published.keys[0], typ: 'at+jwt' })).toString('base64url')
  for (const wrong of [`${header}.${forged}.${signature}`, `${none}.${forged}.${signature}`, `${header}.${body}.AAAA`])
    expect(await answer(wrong, '/v1/sessions')).toBe(401)
})

test('a browser may read from anywhere, and is offered nothing that writes', async () => {
  const { world, issue } = await setUp()
  const { token } = (await issue({ scopes: ['sessions:read'] })).body
  const headers = { origin: 'https://shop.example', 'access-control-request-headers': 'authorization' }
  const preflight = await world.app.request('/v1/sessions', { method: 'OPTIONS', headers })
  expect(preflight.headers.get('access-control-allow-origin')).toBe('*')
  expect(preflight.headers.get('access-control-allow-methods')).toBe('GET')
  expect(preflight.headers.get('access-control-allow-credentials')).toBeNull()
  const read = await world.request(token, 'GET', '/v1/sessions', undefined, headers)
  expect(read.headers.get('access-control-allow-origin')).toBe('*')
  // Why it was refused can be read too.
  const refused = await world.request(undefined, 'GET', '/v1/sessions', undefined, headers)
  expect([refused.status, refused.headers.get('access-control-allow-origin')]).toEqual([401, '*'])
})

test('keys change after a month; both sign and verify until the tokens of the old one are over', async () => {
  let now = new Date('2026-11-20T10:00:00Z')
  const later = (ms: number): void => {
    now = new Date(now.getTime() + ms)
  }
  const bucket = fakeBucket('signing_keys')
  const masterKey = { id: 'one', key: randomBytes(32) }
  const gateway = async (master = masterKey) => {
    const known = await mirror(bucket, signingKeyRecord, { logger: silentLogger() })
    const signingKeys = createSigningKeys({ bucket, known, masterKey: master, now: () => now })
    return { signingKeys, ...createTokens({ signingKeys, publicUrl: 'http://wagate', now: () => now }) }
  }
  const [first, second] = [await gateway(), await gateway()]
  await first.signingKeys.refresh()
  await second.signingKeys.refresh()
  expect(bucket.size()).toBe(1)
  const token = () => ({
    ...{ sub: 'key', tenant: 'ten_1', mode: 'test' as const, scope: ['events:read' as const] },
    exp: new Date(now.getTime() + 3_600_000),
  })
  later(31 * 86_400_000)
  const old = await first.issue(token())
  await second.signingKeys.refresh()
  expect(bucket.size()).toBe(2)
  // Not yet announced for long enough: the old one signs on.
  expect((await second.signingKeys.current())?.keyId).toBe((await first.signingKeys.current())?.keyId)
  later(120_000)
  const next = await second.issue(token())
  expect(kidOf(next)).not.toBe(kidOf(old))
  expect(await first.read(next)).toMatchObject({ sub: 'key' })
  expect(await second.read(old)).toMatchObject({ sub: 'key' })
  later(3 * 3_600_000)
  await first.signingKeys.refresh()
  expect(bucket.size()).toBe(1)
  // What was removed is refused everywhere, also where it was used before.
  for (const { signingKeys } of [first, second]) expect(await signingKeys.find(kidOf(old))).toBeUndefined()
  // A master key that is gone takes what it sealed along: another key is made, and what was signed can still be read.
  const moved = await gateway({ id: 'two', key: randomBytes(32) })
  await moved.signingKeys.refresh()
  expect(bucket.size()).toBe(2)
  expect(await moved.issue(token())).toBeDefined()
})

test('a gateway never removes a newer key that it cannot open: others sign with it', async () => {
  let now = new Date('2026-11-20T10:00:00Z')
  const bucket = fakeBucket('signing_keys')
  const gateway = async (id: string) => {
    const known = await mirror(bucket, signingKeyRecord, { logger: silentLogger() })
    const signingKeys = createSigningKeys({ bucket, known, masterKey: { id, key: randomBytes(32) }, now: () => now })
    await signingKeys.refresh()
    await new Promise(setImmediate)
    return signingKeys
  }
  const before = await gateway('one')
  now = new Date(now.getTime() + 60_000)
  const moved = await gateway('two')
  const [older, newer] = [await before.current(), await moved.current()]
  now = new Date(now.getTime() + 24 * 3_600_000)
  await before.refresh()
  expect(await Array.fromAsync(bucket.keys())).toEqual([older?.keyId, newer?.keyId])
})

const kidOf = (token: string): string => JSON.parse(atob(token.split('.')[0] ?? '')).kid
