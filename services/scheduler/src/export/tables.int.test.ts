import { cloneDatabase } from '@wagate/testing/postgres.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { exportedTables, unexportedTables } from './tables.ts'

/** Every table with a tenant_id, and its columns and primary key, as the migrations made them. */
async function readCatalog() {
  await using db = await cloneDatabase()
  const sql = postgres(db.url, { max: 1 })
  const rows = await sql<{ table: string; columns: string[]; key: string[] }[]>`
    select relname as table,
      (select array_agg(attname::text order by attnum) from pg_attribute
        where attrelid = c.oid and attnum > 0 and not attisdropped) as columns,
      (select array_agg(attname::text order by array_position(indkey::int[], attnum::int)) from pg_attribute
        join pg_index on indrelid = attrelid and indisprimary where attrelid = c.oid and attnum = any (indkey::int[])) as key
    from pg_class c where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
      and exists (select from pg_attribute where attrelid = c.oid and attname = 'tenant_id' and not attisdropped)
    order by relname`
  await sql.end()
  return rows
}

test('every table with a tenant_id is exported, or says why not, down to each column', async () => {
  const catalog = await readCatalog()
  const undecided = catalog.flatMap(({ table, columns }) => {
    if (table in unexportedTables) return []
    const spec = exportedTables.find((one) => one.table === table)
    if (!spec) return [`${table}: put it into exportedTables, or into unexportedTables with why not`]
    return columns
      .filter((column) => column !== 'tenant_id' && !spec.columns.includes(column) && !(column in spec.without))
      .map((column) => `${table}.${column}: put it into columns, or into without with why not`)
  })
  expect(undecided).toEqual([])
})

test('what is decided exists, and rows are read by the primary key', async () => {
  const catalog = new Map((await readCatalog()).map((table) => [table.table, table]))
  for (const table of Object.keys(unexportedTables)) expect(catalog.has(table), table).toBe(true)
  for (const { table, columns, without, key } of exportedTables) {
    const found = catalog.get(table)
    expect(found, table).toBeDefined()
    for (const column of [...columns, ...Object.keys(without)]) expect(found?.columns, table).toContain(column)
    expect(['tenant_id', ...Object.keys(key)], table).toEqual(found?.key)
    for (const column of Object.keys(key)) expect(columns, table).toContain(column)
  }
})

test('no secret is exported', () => {
  const names = exportedTables.flatMap(({ columns }) => columns)
  expect(
    names.filter((name) => name !== 'previous_hash' && /secret|_hash$|ciphertext|password|token|kek/.test(name)),
  ).toEqual([])
})
