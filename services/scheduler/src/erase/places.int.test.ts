import { cloneDatabase } from '@wagate/testing/postgres.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { auditTable, erasedTables, keptTables } from './places.ts'

test('what the erasure of a tenant does is decided for every table, and the keeper may do it', async () => {
  await using db = await cloneDatabase()
  const sql = postgres(db.url, { max: 1 })
  const tables = await sql<{ table: string; key: string[]; mayDelete: boolean; seesAll: boolean }[]>`
    select relname as table,
      (select array_agg(attname::text order by array_position(indkey::int[], attnum::int)) from pg_attribute
        join pg_index on indrelid = attrelid and indisprimary where attrelid = c.oid and attnum = any (indkey::int[])) as key,
      has_table_privilege('wagate_keeper', c.oid, 'select, delete') and has_table_privilege('wagate_keeper', c.oid, 'delete') as "mayDelete",
      not relrowsecurity or exists (select from pg_policy where polrelid = c.oid and polcmd = '*'
        and pg_get_expr(polqual, polrelid) = 'true' and polroles @> array['wagate_keeper'::regrole::oid]) as "seesAll"
    from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant_id' and not attisdropped)`
  await sql.end()
  expect([...Object.keys(erasedTables), ...Object.keys(keptTables), auditTable].toSorted()).toEqual(
    tables.map(({ table }) => table).toSorted(),
  )
  for (const { table, key, mayDelete, seesAll } of tables) {
    if (!(table in erasedTables)) continue
    expect(key, table).toEqual(['tenant_id', ...(erasedTables[table] ?? [])])
    expect({ table, mayDelete, seesAll }).toEqual({ table, mayDelete: true, seesAll: true })
  }
})
