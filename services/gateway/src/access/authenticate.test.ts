import { randomBytes } from 'node:crypto'
import type { ApiKeyRecord, TenantRecord } from '@wagate/messages/control.ts'
import { expect, test } from 'vitest'
import { createAuthenticate } from './authenticate.ts'
import { mintKey } from './key.ts'

const now = () => new Date(1_000_000)
const { text, keyId, secretHash } = mintKey('test', randomBytes)
const record: ApiKeyRecord = {
  ...{ v: 1, keyId, tenantId: 'ten_1', mode: 'test', secretHash, scopes: [] },
  createdAt: now().toISOString(),
}
const tenant = { status: 'active' } as TenantRecord

/** What memory knows, and what the buckets do. */
function setUp(memory: { key?: ApiKeyRecord; tenant?: TenantRecord }, buckets = memory) {
  const asked: string[] = []
  const ask = async <Value>(what: string, value: Value): Promise<Value> => {
    asked.push(what)
    return value
  }
  const authenticate = createAuthenticate({
    findKey: () => memory.key,
    findTenant: () => memory.tenant,
    findMember: () => undefined,
    refreshKey: () => ask('key', buckets.key),
    refreshTenant: () => ask('tenant', buckets.tenant),
    refreshMember: async () => undefined,
    findSupportAccess: () => undefined,
    refreshSupportAccess: async () => undefined,
    noteUse: () => {},
    readToken: async () => undefined,
    now,
  })
  return { asked, call: () => authenticate(`Bearer ${text}`, undefined) }
}

test('a key in memory is asked for nowhere', async () => {
  const { asked, call } = setUp({ key: record, tenant })
  await expect(call()).resolves.toMatchObject({ tenantId: 'ten_1', actor: { kind: 'key', keyId } })
  expect(asked).toEqual([])
})

test('a key and a tenant that another process has just made are known at once', async () => {
  const { asked, call } = setUp({}, { key: record, tenant })
  await expect(call()).resolves.toMatchObject({ tenantId: 'ten_1', actor: { kind: 'key', keyId } })
  expect(asked).toEqual(['key', 'tenant'])
})

test('a key that nobody knows is refused', async () => {
  await expect(setUp({}).call()).rejects.toMatchObject({ code: 'api-key-invalid' })
  await expect(setUp({ key: record }).call()).rejects.toMatchObject({ code: 'api-key-invalid' })
})
