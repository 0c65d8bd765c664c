import type { AuditEntry } from '@wagate/messages/audit.ts'
import { genesis, verifyChain } from '@wagate/messages/audit-chain.ts'
import { auditConsumer } from '@wagate/messages/streams.ts'
import { cloneDatabase, type TestDatabase } from '@wagate/testing/postgres.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { ensureCheckpoints } from '../checkpoint.ts'
import { anEntry, readChain } from '../testing/audit.ts'
import { recordEntries } from './apply.ts'
import { sha256 } from './chain.ts'
import { tenantsOnRecord, verifyTenant } from './verify.ts'

async function openLog(database: TestDatabase) {
  const sql = postgres(database.urlFor('wagate_projector'), { max: 4, onnotice: () => {} })
  await ensureCheckpoints(sql, [auditConsumer.name])
  let seq = 0
  return {
    sql,
    record(entries: AuditEntry[]) {
      seq += entries.length
      return recordEntries(sql, { entries, end: { consumer: auditConsumer.name, seq, storedAt: new Date() } })
    },
    [Symbol.asyncDispose]: () => sql.end(),
  }
}
const entries = (from: number, to: number, tenantId?: string) =>
  Array.from({ length: to - from + 1 }, (_, n) => anEntry(from + n, tenantId))

test('entries are what was published, numbered and chained per tenant', async () => {
  await using database = await cloneDatabase()
  await using log = await openLog(database)
  await log.record([
    anEntry(1),
    anEntry(1, 'ten_b'),
    anEntry(2),
    anEntry(3, 'ten_b', { actor: { kind: 'system', id: null } }),
  ])
  const chain = await readChain(log.sql)
  expect(chain.map(({ number, id }) => ({ number, id }))).toEqual([1, 2].map((n) => ({ number: n, id: anEntry(n).id })))
  const { v: _, tenantId, requestId, ...rest } = anEntry(2)
  expect(chain[1]).toMatchObject({ ...rest, tenant_id: tenantId, request_id: requestId })
  expect(verifyChain(chain, genesis, sha256)).toMatchObject({ holds: true, through: { number: 2 } })
  expect(await verifyTenant(log.sql, 'ten_b')).toMatchObject({ holds: true, through: { number: 2 } })
  expect(await tenantsOnRecord(log.sql)).toEqual(['ten_a', 'ten_b'])
})

test('an entry that comes again changes nothing, and two copies at once add each entry once', async () => {
  await using database = await cloneDatabase()
  await using log = await openLog(database)
  await log.record(entries(1, 3))
  expect(await log.record(entries(1, 3))).toEqual({ entries: 0, repeats: 3 })
  const batches = Array.from({ length: 12 }, (_, n) => entries(n * 5, n * 5 + 14))
  await Promise.all(batches.map((batch) => log.record(batch)))
  const chain = await readChain(log.sql)
  expect(new Set(chain.map(({ id }) => id)).size).toBe(chain.length)
  expect(chain).toHaveLength(70)
  expect(await verifyTenant(log.sql, 'ten_a')).toMatchObject({ holds: true, through: { number: 70 } })
})

test('nobody changes or removes an entry: neither a service nor a superuser', async () => {
  await using database = await cloneDatabase()
  await using log = await openLog(database)
  await log.record(entries(1, 3))
  const refusals = {
    wagate_api: 'permission denied',
    wagate_webhooks: 'permission denied',
    wagate_projector: 'permission denied',
    wagate_owner: 'append-only',
  } as const
  const attempts = ['update audit_entry set actor_id = null', 'delete from audit_entry', 'truncate audit_entry']
  for (const role of Object.keys(refusals) as (keyof typeof refusals)[]) {
    const sql = postgres(database.urlFor(role), { max: 1 })
    for (const attempt of attempts)
      await expect(sql.unsafe(attempt), `${role}: ${attempt}`).rejects.toThrow(refusals[role])
    await sql.end()
  }
  const superuser = postgres(database.url, { max: 1 })
  for (const attempt of attempts) await expect(superuser.unsafe(attempt)).rejects.toThrow('append-only')
  await expect(log.sql`select remove_audit_prefix('ten_a', 2)`).rejects.toThrow('permission denied')
  await superuser.end()
  expect(await readChain(log.sql)).toHaveLength(3)
})

test('entries whose time is over go from the beginning, and the chain goes on from what is kept of them', async () => {
  await using database = await cloneDatabase()
  await using log = await openLog(database)
  await log.record([...entries(1, 5), ...entries(1, 2, 'ten_b')])
  const before = await readChain(log.sql)
  const owner = postgres(database.urlFor('wagate_owner'), { max: 1 })
  expect(await owner`select remove_audit_prefix('ten_a', 3)::int as removed`).toEqual([{ removed: 3 }])
  await expect(owner`delete from audit_entry`).rejects.toThrow('append-only')
  expect(await readChain(log.sql)).toEqual(before.slice(3))
  expect(await verifyTenant(log.sql, 'ten_a')).toMatchObject({ holds: true, through: { number: 5 } })
  await owner`select remove_audit_prefix('ten_a', 1000)`
  await log.record([anEntry(6)])
  expect(await readChain(log.sql)).toMatchObject([{ number: 6, previous_hash: before[4]?.hash }])
  expect(await verifyTenant(log.sql, 'ten_a')).toMatchObject({ holds: true, through: { number: 6 } })
  expect(await readChain(log.sql, 'ten_b')).toHaveLength(2)
  await owner.end()
})

test('what somebody changed who got past all that is found, with its number', async () => {
  await using database = await cloneDatabase()
  await using log = await openLog(database)
  await log.record([...entries(1, 5), ...entries(1, 5, 'ten_b'), ...entries(1, 5, 'ten_c')])
  const intruder = postgres(database.url, { max: 1, connection: { session_replication_role: 'replica' } })
  await intruder`update audit_entry set actor_id = 'somebody' where tenant_id = 'ten_a' and number = 2`
  await intruder`delete from audit_entry where tenant_id = 'ten_b' and number = 4`
  await intruder.end()
  expect(await verifyTenant(log.sql, 'ten_a')).toMatchObject({ holds: false, brokenAt: 2, fault: 'altered' })
  expect(await verifyTenant(log.sql, 'ten_b')).toMatchObject({ holds: false, brokenAt: 4, fault: 'missing' })
  expect(await verifyTenant(log.sql, 'ten_c')).toMatchObject({ holds: true, through: { number: 5 } })
})

test('the gateway reads the entries of one tenant and of no other, and adds none', async () => {
  await using database = await cloneDatabase()
  await using log = await openLog(database)
  await log.record([...entries(1, 2), ...entries(1, 3, 'ten_b')])
  const api = postgres(database.urlFor('wagate_api'), { max: 1 })
  const asTenant = <Row>(run: (tx: postgres.TransactionSql) => Promise<Row>) =>
    api.begin(async (tx) => {
      await tx`select set_config('app.tenant_id', 'ten_a', true)`
      return run(tx)
    })
  expect(await asTenant((tx) => tx`select tenant_id from audit_entry`)).toHaveLength(2)
  expect(await asTenant((tx) => tx`select 1 from audit_entry where tenant_id = 'ten_b'`)).toEqual([])
  await expect(asTenant((tx) => tx`insert into audit_entry select * from audit_entry`)).rejects.toThrow(
    'permission denied',
  )
  await expect(api`select * from audit_entry`).rejects.toThrow('app.tenant_id')
  await api.end()
})
