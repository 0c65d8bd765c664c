import { migrate } from '@wagate/dev/database.ts'
import { cloneDatabase, emptyDatabase } from '@wagate/testing/postgres.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { dumpSchema } from './dump.ts'

test('an empty database migrates to the checked-in schema, and migrating again changes nothing', async () => {
  await using db = await emptyDatabase()
  const sql = postgres(db.url, { max: 1, onnotice: () => {} })
  await migrate(db.urlFor('wagate_owner'))
  const once = await dumpSchema(sql)
  await migrate(db.urlFor('wagate_owner'))
  expect(await dumpSchema(sql)).toBe(once)
  await expect(once).toMatchFileSnapshot('../schema.sql')
  await sql.end()
})

test('every table with a tenant_id has row-level security, forced, unless its comment says why not', async () => {
  await using db = await cloneDatabase()
  const sql = postgres(db.url, { max: 1 })
  await sql`select ensure_message_partition('2026-05-05')`
  const unprotected = await sql`
    select relname, obj_description(pg_class.oid) as comment from pg_class
    join pg_attribute on attrelid = pg_class.oid and attname = 'tenant_id'
    where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not (relrowsecurity and relforcerowsecurity)
    order by relname`
  expect(unprotected.map((table) => table.relname)).toEqual(['api_key', 'tenant'])
  for (const table of unprotected) expect(table.comment).toMatch(/^Exempt from row-level security: /)
  await sql.end()
})

test('tenant_id comes first in every index of a table that has one', async () => {
  await using db = await cloneDatabase()
  const sql = postgres(db.url, { max: 1 })
  const others = await sql`
    select indexrelid::regclass::text as name from pg_index
    join pg_attribute tenant on tenant.attrelid = indrelid and tenant.attname = 'tenant_id'
    join pg_class on pg_class.oid = indrelid and relnamespace = 'public'::regnamespace
    where indkey[0] <> tenant.attnum`
  expect(others).toEqual([])
  await sql.end()
})

test('no service role owns a table, bypasses row-level security or creates anything', async () => {
  await using db = await cloneDatabase()
  const sql = postgres(db.url, { max: 1 })
  const roles = await sql`
    select rolname, rolsuper or rolbypassrls or rolcreaterole or has_schema_privilege(oid, 'public', 'create') as powerful
    from pg_roles where rolname in ('wagate_api', 'wagate_projector', 'wagate_webhooks') order by rolname`
  expect(roles).toEqual(
    ['wagate_api', 'wagate_projector', 'wagate_webhooks'].map((rolname) => ({ rolname, powerful: false })),
  )
  const owners = await sql`select distinct tableowner from pg_tables where schemaname = 'public'`
  expect(owners).toEqual([{ tableowner: 'wagate_owner' }])
  await sql.end()
})

test('a month gets one partition, however often and by whomever it is asked for', async () => {
  await using db = await cloneDatabase()
  const sql = postgres(db.urlFor('wagate_projector'), { max: 4 })
  const made = await Promise.all(
    ['2031-02-01T00:00:00Z', '2031-02-28T23:59:59.999Z', '2031-02-11T00:00:00Z', '2031-03-01T00:00:00Z'].map(
      (month) => sql`select ensure_message_partition(${month}) as created`,
    ),
  )
  expect(made.flat().filter((row) => row.created)).toHaveLength(2)
  const api = postgres(db.urlFor('wagate_api'), { max: 1 })
  await expect(api`select ensure_message_partition(now())`).rejects.toThrow('permission denied')
  await Promise.all([sql.end(), api.end()])
})
