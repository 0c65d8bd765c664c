import { apiKeyRecord } from '@wagate/messages/control.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Surroundings, startGateway, startSurroundings } from '../testing/gateway-process.ts'

let surroundings: Surroundings
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
})
afterAll(() => stack.disposeAsync())

const mirrored = async (keyId: string) => {
  const entry = await surroundings.buckets.apiKeys.get(keyId)
  return apiKeyRecord.parse(JSON.parse(Buffer.from(entry?.value ?? []).toString()))
}
const everyone = { limit: 10, after: undefined }

test('a key with all its limits is in the mirror as it is in the table', async () => {
  const { keys } = surroundings.control
  const tenantId = await surroundings.addTenant()
  const limits = { sessionIds: ['ses_1'], requestsPerSecond: 3, expiresAt: new Date('2100-01-01T00:00:00Z') }
  const { row } = await keys.create({ tenantId, mode: 'test', scopes: ['sandbox'], name: 'a', ...limits })
  expect(await keys.find(tenantId, 'test', row.keyId)).toEqual(row)
  expect(row).toMatchObject({ name: 'a', ...limits, revokedAt: null, lastUsedAt: null })
  expect(row).not.toHaveProperty('secretHash')
  expect(await mirrored(row.keyId)).toMatchObject({ ...limits, expiresAt: '2100-01-01T00:00:00.000Z' })
})

test("a key is found, listed, rotated and revoked only by its tenant's id and its mode", async () => {
  const { keys } = surroundings.control
  const [ours, theirs] = [await surroundings.addTenant(), await surroundings.addTenant()]
  const { keyId } = (await keys.create({ tenantId: ours, mode: 'test', scopes: ['sandbox'] })).row
  for (const [tenantId, mode] of [
    [theirs, 'test'],
    [ours, 'live'],
  ] as const) {
    expect(await keys.find(tenantId, mode, keyId)).toBeUndefined()
    expect(await keys.list(tenantId, mode, everyone)).toEqual([])
    expect((await keys.count(tenantId, mode)).usable).toBe(0)
    expect(await keys.rotate(tenantId, mode, keyId, { overlapMs: 0, expiresAt: null })).toBeUndefined()
    expect(await keys.revoke(tenantId, mode, keyId)).toBe(false)
  }
  expect((await mirrored(keyId)).revokedAt).toBeUndefined()
})

test('a rotation shortens the old key, never lengthens it; what does not work is not rotated', async () => {
  const { keys } = surroundings.control
  const tenantId = await surroundings.addTenant()
  const expiresAt = new Date(Date.now() + 60_000)
  const { keyId } = (await keys.create({ tenantId, mode: 'test', scopes: ['sandbox'], expiresAt })).row
  const made = await keys.rotate(tenantId, 'test', keyId, { overlapMs: 3_600_000, expiresAt: null })
  expect(made?.row).toMatchObject({ scopes: ['sandbox'], expiresAt: null })
  expect((await mirrored(keyId)).expiresAt).toBe(expiresAt.toISOString())
  expect(await keys.rotate(tenantId, 'test', made?.row.keyId ?? '', { overlapMs: 0, expiresAt: null })).toBeDefined()
  expect(await keys.rotate(tenantId, 'test', made?.row.keyId ?? '', { overlapMs: 0, expiresAt: null })).toBeUndefined()
  expect(await keys.count(tenantId, 'test')).toMatchObject({ usable: 2 })
  const listed = await keys.list(tenantId, 'test', everyone)
  expect(listed.map(({ item }) => item.createdAt.getTime())).toEqual(
    listed.map(({ item }) => item.createdAt.getTime()).toSorted((a, b) => b - a),
  )
})

test('a use is written once it is over, and an older one changes nothing', async () => {
  const { keys } = surroundings.control
  const tenantId = await surroundings.addTenant()
  const { keyId } = await surroundings.addKey(tenantId)
  const at = (text: string) => keys.noteUses([{ tenantId, keyId, at: new Date(text) }])
  await at('2026-11-20T10:00:00Z')
  await at('2026-11-20T09:00:00Z')
  expect((await keys.find(tenantId, 'test', keyId))?.lastUsedAt?.toISOString()).toBe('2026-11-20T10:00:00.000Z')
})

test('a gateway that stops writes which keys it was asked with; a revoked key is refused by every gateway', async () => {
  await using first = await startGateway(surroundings)
  await using second = await startGateway(surroundings)
  const tenantId = await surroundings.addTenant()
  const { apiKey, keyId } = await surroundings.addKey(tenantId)
  const made = await first.client(apiKey).createApiKey({ name: 'shop', scopes: ['sessions:read'] })
  await second.client(made.api_key).listSessions()
  await first.client(apiKey).revokeApiKey(made.id)
  const refused = async () => {
    const answers = [first, second].map((gateway) => gateway.client(made.api_key).listSessions())
    return (await Promise.allSettled(answers)).every(({ status }) => status === 'rejected')
  }
  await waitFor(refused, { what: 'both gateways to refuse the key', deadlineMs: 2_000 })
  await first.stop()
  await second.stop()
  const usedAt = async (id: string) => (await surroundings.control.keys.find(tenantId, 'test', id))?.lastUsedAt
  expect(await usedAt(keyId)).toBeInstanceOf(Date)
  expect(await usedAt(made.id)).toBeInstanceOf(Date)
})

test('a token of one gateway is good for another one, to read with', async () => {
  await using first = await startGateway(surroundings)
  const tenantId = await surroundings.addTenant()
  const { apiKey } = await surroundings.addKey(tenantId)
  const { token } = await first.client(apiKey).createToken({ scopes: ['sessions:read'] })
  await using second = await startGateway(surroundings)
  expect((await second.client(token).listSessions()).data).toEqual([])
  await expect(second.client(token).createSession()).rejects.toMatchObject({ problem: { code: 'scope-missing' } })
})
