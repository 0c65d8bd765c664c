// Every table, role and function of the migrated database against the rules of isolation. Nothing has to be added here for a
// new table: it is judged as soon as a migration makes it, and the complaint says what to do.
import { databaseRoles } from '@wagate/dev/database.ts'
import { cloneDatabase, type TestDatabase } from '@wagate/testing/postgres.ts'
import postgres, { type Sql, type TransactionSql } from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Catalog, readCatalog, type Table } from './testing/catalog.ts'
import { exceptions } from './testing/exceptions.ts'
import { complaints, hasTenant, isBound, whyExempt } from './testing/rules.ts'

let db: TestDatabase
let owner: Sql
beforeAll(async () => {
  db = await cloneDatabase()
  owner = postgres(db.urlFor('wagate_owner'), { max: 1, onnotice: () => {} })
})
afterAll(async () => {
  await owner.end()
  await db[Symbol.asyncDispose]()
})

/** The catalog as it is after the change, which is undone. */
async function withCatalog<Result>(
  change: (tx: TransactionSql) => Promise<unknown>,
  look: (catalog: Catalog) => Result,
): Promise<Result> {
  const seen: Result[] = []
  const undone = new Error('undone')
  const changed = owner.begin(async (tx) => {
    await tx`select ensure_message_partition('2026-05-05')`
    await change(tx)
    seen.push(look(await readCatalog(tx)))
    throw undone
  })
  await expect(changed).rejects.toBe(undone)
  const [result] = seen
  if (result === undefined) throw new Error('nothing was seen')
  return result
}

const unchanged = async () => {}

test('every table keeps tenants apart, or says why it need not', async () => {
  const catalog = await withCatalog(unchanged, (found) => found)
  process.stdout.write(`\n${catalog.tables.map(describe).join('\n')}\n${catalog.tables.length} tables\n`)
  expect(catalog.tables.length).toBeGreaterThan(8)
  expect(complaints(catalog, exceptions)).toEqual([])
})

test('every role that a service logs in as is judged', async () => {
  const names = await withCatalog(unchanged, ({ roles }) => roles.map(({ name }) => name))
  expect(names).toEqual(databaseRoles.toSorted())
})

/** One line of what was covered. */
function describe(table: Table): string {
  const roles = [...new Set(table.grants.map(({ role }) => role))].sort()
  const seen = roles.map((role) => `${role} ${!table.isSecured || !isBound(table, role) ? 'all' : 'one tenant'}`)
  const kind = table.isPartition ? 'partition' : whyExempt(table) ? 'exempt' : hasTenant(table) ? 'tenant' : 'no tenant'
  const keys = `${table.indexes.length} keys and indexes, ${table.foreignKeys.length} foreign keys`
  return `  ${table.name.padEnd(24)} ${kind.padEnd(10)} ${keys}; ${seen.join(', ') || 'nobody'} ${whyExempt(table) ?? ''}`
}

const keyed = 'tenant_id text not null, id text not null, primary key (tenant_id, id)'
const secured = 'alter table planted enable row level security, force row level security'
const bound =
  'create policy p on planted to wagate_api using (tenant_id = current_tenant_id()) with check (tenant_id = current_tenant_id())'
const good = [`create table planted (${keyed})`, secured, bound, 'grant select, insert on planted to wagate_api']

test('a table that is made as it should be passes', async () => {
  expect(
    await withCatalog(
      (tx) => tx.unsafe(good.join(';')),
      (catalog) => complaints(catalog, exceptions),
    ),
  ).toEqual([])
})

test.each<[leak: string, statements: string[], complaint: string]>([
  [
    'without row-level security',
    [`create table planted (${keyed})`, 'grant select on planted to wagate_api'],
    'planted: has no row-level security',
  ],
  ['without force', [...good, 'alter table planted no force row level security'], 'planted: row-level security is not'],
  ['without tenant_id', ['create table planted (id text primary key)'], 'planted: has no tenant_id: give it one'],
  [
    'with a policy that lets the gateway see everything',
    [...good, 'create policy wide on planted for select to wagate_api using (true)'],
    'planted: the policy wide lets wagate_api at rows by true',
  ],
  [
    'with a policy for everybody',
    [...good, 'create policy wide on planted for select using (tenant_id = current_tenant_id())'],
    'planted: the policy wide is for everybody',
  ],
  [
    'whose tenant may be left open',
    [...good, "create policy lax on planted to wagate_api using (tenant_id = current_setting('app.tenant_id', true))"],
    'planted: the policy lax lets wagate_api at rows by (tenant_id = current_setting(',
  ],
  [
    'that checks what is read, not what is written',
    [...good, 'create policy lax on planted to wagate_api using (tenant_id = current_tenant_id())'],
    'planted: the policy lax has no WITH CHECK',
  ],
  [
    'with rights that no policy covers',
    [...good, 'grant select on planted to wagate_webhooks'],
    'planted: wagate_webhooks may select and no policy',
  ],
  ['that may be truncated', [...good, 'grant truncate on planted to wagate_api'], 'planted: wagate_api may truncate'],
  [
    'that anybody may read a column of',
    [...good, 'grant select (id) on planted to public'],
    'planted: everybody may select',
  ],
  [
    'with an index across tenants',
    [...good, 'create unique index planted_id on planted (id)'],
    'planted: planted_id does not begin with tenant_id',
  ],
  [
    'with an index by an expression',
    [...good, 'create index planted_lower on planted (lower(tenant_id))'],
    'planted: planted_lower does not begin with tenant_id',
  ],
  ['with no key', [...good, 'alter table planted drop constraint planted_pkey'], 'planted: has no primary key'],
  [
    'that may point at another tenant',
    [...good, 'alter table planted add owner text references tenant (tenant_id)'],
    "planted: planted_owner_fkey may point to another tenant's tenant",
  ],
  [
    'whose partition is open',
    ['grant select on message_view_2026_05 to wagate_api'],
    'message_view_2026_05: wagate_api may select: a partition',
  ],
  [
    'whose comment is wrong',
    [...good, "comment on table planted is 'Exempt from row-level security: x'"],
    'and it is not',
  ],
  ['that a view shows', ['create view planted as select * from session_view'], 'planted: a view shows what its owner'],
  [
    'kept as a materialized view',
    ['create materialized view planted as select * from session_view with no data'],
    'planted: a materialized view knows no row-level security',
  ],
  [
    'in another schema',
    ['alter table session_view set schema drizzle'],
    'drizzle.session_view: is outside of the schema public',
  ],
  [
    'that a function reads for everybody',
    ['create function planted() returns bigint language sql security definer as $$ select 1 $$'],
    "planted(): runs with its owner's rights for everybody",
  ],
  [
    "that a function finds by its caller's search_path",
    ['create function planted() returns bigint language sql as $$ select 1 $$'],
    "planted(): finds names by its caller's search_path",
  ],
  [
    'of the future, open by default',
    ['alter default privileges in schema public grant select on tables to wagate_api'],
    'default privileges are set',
  ],
])('a leak is found: a table %s', async (_, statements, complaint) => {
  const found = await withCatalog(
    (tx) => tx.unsafe(statements.join(';')),
    (catalog) => complaints(catalog, exceptions),
  )
  expect(found.join('\n')).toContain(complaint)
})

test('an exception that nothing needs any more is found', async () => {
  const old = { ...exceptions, indexes: { ...exceptions.indexes, gone_index: 'no reason' } }
  expect(await withCatalog(unchanged, (catalog) => complaints(catalog, old))).toEqual([
    'gone_index: exceptions.ts names it, and it does not exist',
  ])
})

test.each<[string, Partial<Catalog['roles'][number]>]>([
  ['superuser', { powers: ['superuser'] }],
  ['bypassrls', { powers: ['bypassrls'] }],
  ['wagate_owner', { memberOf: ['wagate_owner'] }],
])('a role that comes around row-level security is found: %s', async (word, role) => {
  const planted = { name: 'planted', powers: [], memberOf: [], ...role }
  const found = await withCatalog(unchanged, (catalog) =>
    complaints({ ...catalog, roles: [...catalog.roles, planted] }, exceptions),
  )
  expect(found).toEqual([expect.stringContaining(word)])
})
