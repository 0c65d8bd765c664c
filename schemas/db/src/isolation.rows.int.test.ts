// Every table with a tenant_id, tried by every role that acts for one tenant: no way to the rows of another. A new table is
// tried as soon as a migration makes it.
import { type DatabaseRole, databaseRoles } from '@wagate/dev/database.ts'
import { cloneDatabase, type TestDatabase } from '@wagate/testing/postgres.ts'
import postgres, { type Sql } from 'postgres'
import { expect, test } from 'vitest'
import { readCatalog, type Table } from './testing/catalog.ts'
import { plant } from './testing/rows.ts'
import { hasTenant, isBound, whyExempt } from './testing/rules.ts'
import { isClosed, ours, theirs, trespasses, trespassesByView } from './testing/trespass.ts'

const services: readonly DatabaseRole[] = databaseRoles.filter((role) => role !== 'wagate_owner')

async function as<Result>(url: string, run: (sql: Sql) => Promise<Result>): Promise<Result> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await run(sql)
  } finally {
    await sql.end()
  }
}

const isTried = (table: Table): boolean =>
  (table.kind === 'table' || table.kind === 'view') &&
  !table.isPartition &&
  hasTenant(table) &&
  whyExempt(table) === undefined
const isView = ({ kind }: Table): boolean => kind === 'view'
const holds = ({ grants }: Table, role: string): boolean => grants.some((grant) => grant.role === role)

/** What every service's role can do that it should not, and a line per table of what was tried. */
async function tryEverything(db: TestDatabase): Promise<{ found: string[]; tried: string[] }> {
  const all = (await as(db.url, readCatalog)).tables.filter(isTried)
  // Views last: they show what was planted in tables.
  const tables = all.toSorted((a, b) => Number(isView(a)) - Number(isView(b)))
  const found: string[] = []
  const tried: string[] = []
  for (const table of tables) {
    if (!isView(table)) await as(db.url, (admin) => plant(admin, table, [ours, theirs]))
    const standing: string[] = []
    for (const role of services) {
      const say = (what: string) => found.push(`${role} ${what} in ${table.name}`)
      // A new connection for each table: one that has named a tenant before is another case.
      await as(db.urlFor(role), async (sql) => {
        if (!holds(table, role)) {
          if (!(await isClosed(sql, table))) say('reads without a right')
          standing.push(`${role} stays out`)
        } else if (isView(table) || isBound(table, role)) {
          const tryAll = isView(table) ? trespassesByView : trespasses
          for (const trespass of await tryAll(sql, table)) say(trespass)
          standing.push(`${role} tried`)
        }
      })
    }
    tried.push(`${table.name}: ${standing.join(', ')}`)
  }
  return { found, tried }
}

test('no role that acts for one tenant reads, writes or deletes a row of another', async () => {
  await using db = await cloneDatabase()
  const { found, tried } = await tryEverything(db)
  process.stdout.write(`\n  ${tried.join('\n  ')}\n${tried.length} tables\n`)
  expect(found).toEqual([])
  const { tables } = await as(db.url, readCatalog)
  const leftOut = tables.filter((table) => hasTenant(table) && !isTried(table))
  expect(leftOut.filter((table) => !table.isPartition && whyExempt(table) === undefined)).toEqual([])
  expect(tried.length).toBeGreaterThan(5)
})

const leaky = 'create table leaky (tenant_id text not null, id text not null, primary key (tenant_id, id))'
const secure = 'alter table leaky enable row level security, force row level security'
const all = 'grant select, insert, update, delete on leaky to wagate_api'

test.each<[string, string[], string[]]>([
  [
    'no row-level security',
    [leaky, all],
    [
      'reads 2 rows without a tenant, before any tenant was named',
      'inserts 1 rows without a tenant, after one was',
      "reads another tenant's rows",
      'takes over 1 rows of another tenant',
      'deletes 1 rows of another tenant',
      'inserts 1 rows of another tenant, and is not refused',
      'gives away 1 rows of another tenant, and is not refused',
    ],
  ],
  [
    'a policy that forgives a forgotten tenant',
    [
      ...[leaky, secure, all],
      "create policy p on leaky to wagate_api using (tenant_id = current_setting('app.tenant_id', true))",
    ],
    ['reads 0 rows without a tenant, before any tenant was named', 'deletes 0 rows without a tenant, after one was'],
  ],
  [
    'a check that is wider than what may be read',
    [
      ...[leaky, secure, all],
      'create policy p on leaky to wagate_api using (tenant_id = current_tenant_id()) with check (1 = 1)',
    ],
    ['inserts 1 rows of another tenant, and is not refused', 'inserts 1 rows without a tenant, after one was'],
  ],
])('a planted leak is found: %s', async (_, statements, expected) => {
  await using db = await cloneDatabase()
  await as(db.urlFor('wagate_owner'), (owner) => owner.unsafe(statements.join(';')))
  const { found } = await tryEverything(db)
  expect(found.every((line) => line.endsWith(' in leaky'))).toBe(true)
  for (const line of expected) expect(found).toContain(`wagate_api ${line} in leaky`)
})
