import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { apiKeyRecord, tenantRecord } from '@wagate/messages/control.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { z } from 'zod'
import { hashSecret, parseKey } from './access/key.ts'
import type { NewAuditEntry } from './audit/entry.ts'
import { runAdmin } from './control/admin.ts'
import { audited } from './control/audited.ts'
import { reconcile } from './control/reconcile.ts'
import { type Surroundings, startGateway, startSurroundings } from './testing/gateway-process.ts'

let surroundings: Surroundings
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
})
afterAll(() => stack.disposeAsync())

/** The command line as a process of its own. */
async function admin(...words: string[]) {
  const env = { PATH: process.env.PATH, ...surroundings.env }
  const program = join(import.meta.dirname, 'admin.ts')
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...words], { env })
  return z.record(z.string(), z.unknown()).parse(JSON.parse(stdout))
}

const repair = () => {
  const { sql, buckets, control } = surroundings
  return reconcile({ sql, ...buckets, control, logger: silentLogger(), now: () => new Date() })
}

test('the command line prints JSON, and the tenant that it made is in the mirror', async () => {
  const options = ['--name', 'Shoes', '--sandbox-sessions', '1', '--mode', 'test']
  const { tenant_id: tenantId, api_key: apiKey } = await admin('tenant', 'create', ...options)
  expect(parseKey(String(apiKey)).ok).toBe(true)
  const entry = await surroundings.buckets.tenants.get(String(tenantId))
  const record = tenantRecord.parse(JSON.parse(Buffer.from(entry?.value ?? []).toString()))
  expect(record).toMatchObject({ tenantId, name: 'Shoes', status: 'active', limits: { sandboxSessions: 1 } })
})

test('the command line says what is wrong and exits with 1', async () => {
  await expect(admin('dance')).rejects.toMatchObject({ code: 1, stderr: expect.stringContaining('usage:') })
})

test('a key that the operator makes works with its scopes until it is revoked', async () => {
  const { control } = surroundings
  const tenant = await surroundings.addTenant()
  const made = z.object({ key_id: z.string(), api_key: z.string(), scopes: z.array(z.string()) })
  const { key_id, api_key, scopes } = made.parse(
    await runAdmin(control, ['key', 'create'], { tenant, mode: 'test', scopes: 'sessions:read' }),
  )
  expect(scopes).toEqual(['sessions:read'])
  const stored = async () => {
    const entry = await surroundings.buckets.apiKeys.get(key_id)
    return apiKeyRecord.parse(JSON.parse(Buffer.from(entry?.value ?? []).toString()))
  }
  const parsed = parseKey(api_key)
  expect(parsed.ok && hashSecret(parsed.key.secret)).toBe((await stored()).secretHash)
  expect(await runAdmin(control, ['key', 'revoke', key_id], {})).toEqual({ key_id, revoked: true })
  expect((await stored()).revokedAt).toBeDefined()
})

test('that an account is to be deleted is on record there, and that it was taken back, once', async () => {
  const tenant = await surroundings.addTenant()
  const entries: NewAuditEntry[] = []
  const control = audited(surroundings.control, async (entry) => void entries.push(entry))
  const { deletes_at } = z
    .object({ deletes_at: z.string() })
    .parse(await runAdmin(control, ['tenant', 'delete'], { tenant }))
  for (const kept of [true, false])
    expect(await runAdmin(control, ['tenant', 'keep'], { tenant })).toMatchObject({ kept })
  expect(entries).toMatchObject([
    { tenantId: tenant, action: 'tenant.deletion_requested', targets: [tenant], changes: { deletes_at } },
    { tenantId: tenant, action: 'tenant.deletion_cancelled', targets: [tenant] },
  ])
})

test.each([
  [['key', 'create'], { mode: 'test', scopes: 'sandbox' }, '--tenant is missing'],
  [['key', 'create'], { tenant: 'ten_none', mode: 'test', scopes: 'sandbox' }, 'there is no tenant ten_none'],
  [['key', 'create'], { tenant: 'ten_none', mode: 'both', scopes: 'sandbox' }, '--mode must be test or live'],
  [['key', 'revoke', 'nokey'], {}, 'there is no key nokey'],
  [['tenant', 'suspend'], { tenant: 'ten_none' }, 'there is no tenant ten_none'],
])('%j %j is refused: %s', async (words, options, complaint) => {
  await expect(runAdmin(surroundings.control, words, options)).rejects.toThrow(complaint)
})

test('there is one account of the operators: keys and invitations are all of it, and it is changed like no customer', async () => {
  const { control, buckets, sql } = surroundings
  const create = async (name: string) =>
    z.object({ tenant_id: z.string() }).parse(await runAdmin(control, ['operator', 'create'], { name }))
  const made = [await create('Ada'), await create('Ben')]
  const invited = await admin('operator', 'invite', '--email', ' Eve@Example.com ')
  expect(invited).toMatchObject({ role: 'owner', link: expect.stringContaining('/invitation#token=inv_') })
  const [tenantId, ...others] = [...made, invited].map(({ tenant_id }) => String(tenant_id))
  expect(others).toEqual([tenantId, tenantId])
  const entry = await buckets.tenants.get(String(tenantId))
  const record = tenantRecord.parse(JSON.parse(Buffer.from(entry?.value ?? []).toString()))
  expect(record).toMatchObject({ operators: true, limits: { liveSessions: 0, members: 100 } })
  expect(await sql`select kind from mail_outbox`).toMatchObject([{ kind: 'invitation' }])
  expect(await sql`select email, role from invitation`).toMatchObject([{ email: 'eve@example.com', role: 'owner' }])

  const tenant = String(tenantId)
  const refused = `there is no tenant ${tenant}`
  await expect(control.suspendTenant(tenant)).rejects.toThrow(refused)
  await expect(control.deletions.begin(tenant, { graceMs: 0, requestedBy: 'operator' })).rejects.toThrow(refused)
  await expect(control.plans.apply(tenant, { plan: 'pro', overrides: {} }, 'operator')).rejects.toThrow(refused)
  await expect(control.keys.create({ tenantId: tenant, mode: 'test', scopes: ['members:write'] })).rejects.toThrow(
    refused,
  )
  expect(await repair()).toBe(0)
})

test('the reconciler restores, corrects and removes mirror values; a second run changes nothing', async () => {
  const { buckets, control, sql } = surroundings
  const tenantId = await surroundings.addTenant()
  const [lost, changed] = [await surroundings.addKey(tenantId), await surroundings.addKey(tenantId)]
  await repair()
  await buckets.apiKeys.delete(lost.keyId)
  const entry = await buckets.apiKeys.get(changed.keyId)
  const value = apiKeyRecord.parse(JSON.parse(Buffer.from(entry?.value ?? []).toString()))
  await sql`update api_key set revoked_at = now() where key_id = ${changed.keyId}`
  await buckets.apiKeys.create('planted1', Buffer.from(JSON.stringify({ ...value, keyId: 'planted1' })))
  await sql`update tenant set status = 'suspended' where tenant_id = ${tenantId}`
  expect(await repair()).toBe(4)
  expect(await buckets.apiKeys.get(lost.keyId)).toBeDefined()
  expect(await buckets.apiKeys.get('planted1')).toBeUndefined()
  const read = async (bucket: 'apiKeys' | 'tenants', key: string) =>
    JSON.parse(Buffer.from((await buckets[bucket].get(key))?.value ?? []).toString())
  expect(apiKeyRecord.parse(await read('apiKeys', changed.keyId)).revokedAt).toBeDefined()
  expect(tenantRecord.parse(await read('tenants', tenantId)).status).toBe('suspended')
  expect(await repair()).toBe(0)
  await control.activateTenant(tenantId)
  expect(await repair()).toBe(0)
})

test('one reconciler works at a time', async () => {
  const results = await Promise.all([repair(), repair()])
  expect(results.filter((result) => result !== undefined).length).toBeGreaterThanOrEqual(1)
  await surroundings.sql.begin(async (other) => {
    await other`select pg_advisory_xact_lock(7470001)`
    expect(await repair()).toBeUndefined()
  })
})

test('with the broker away a request is refused with when to come back, and works again when it is back', async () => {
  const tenantId = await surroundings.addTenant()
  const { apiKey } = await surroundings.addKey(tenantId)
  await using gateway = await startGateway(surroundings)
  const client = gateway.client(apiKey)
  const session = await client.createSession()
  await surroundings.setState(tenantId, session.id)
  await waitFor(async () => (await client.getSession(session.id)).status === 'connected')
  const body = { to: '+999100200300', type: 'text', text: { body: 'hi' } } as const
  await surroundings.nats.kill('SIGKILL')
  await expect(client.sendMessage(session.id, body, { idempotencyKey: 'k' })).rejects.toMatchObject({
    problem: { code: 'broker-unavailable', status: 503 },
    retryAfter: 2,
  })
  expect(await client.getSession(session.id)).toMatchObject({ status: 'connected' })
  expect((await fetch(`${gateway.baseUrl}/readyz`)).status).toBe(503)
  await using _restarted = await surroundings.nats.restart()
  await waitFor(() => client.sendMessage(session.id, body, { idempotencyKey: 'k' }))
  expect((await fetch(`${gateway.baseUrl}/readyz`)).status).toBe(200)
})
