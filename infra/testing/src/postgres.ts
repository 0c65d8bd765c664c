import { randomBytes } from 'node:crypto'
import { type DatabaseRole, databaseUrl } from '@wagate/dev/database.ts'
import postgres from 'postgres'
import { inject } from 'vitest'
import { template, testRolePasswords } from './template.ts'
import { waitFor } from './wait-for.ts'

export type TestDatabase = {
  /** The superuser's URL: row-level security does not hold for it. */
  url: string
  /** The URL for a service's role, under which row-level security holds. */
  urlFor(role: DatabaseRole): string
  name: string
} & AsyncDisposable

/** A database of the test's own, copied from the migrated template in some tens of milliseconds. Use with `await using`. */
export async function cloneDatabase(): Promise<TestDatabase> {
  return createDatabase((sql, name) => sql`create database ${sql(name)} template ${sql(template)} owner wagate_owner`)
}

/** A database without any migration, owned by `wagate_owner`, for tests of the migrations themselves. */
export async function emptyDatabase(): Promise<TestDatabase> {
  return createDatabase((sql, name) => sql`create database ${sql(name)} owner wagate_owner`)
}

async function createDatabase(create: (sql: postgres.Sql, name: string) => Promise<unknown>): Promise<TestDatabase> {
  const adminUrl = inject('postgresUrl')
  const name = `test_${randomBytes(8).toString('hex')}`
  await asAdmin(adminUrl, (sql) => create(sql, name))
  return {
    url: databaseUrl(adminUrl, name),
    urlFor: (role) => databaseUrl(adminUrl, name, { role, password: testRolePasswords[role] }),
    name,
    [Symbol.asyncDispose]: () => asAdmin(adminUrl, (sql) => dropDatabase(sql, name)),
  }
}

/** Fails the test if it left a connection open: a service that does so never stops in order. */
async function dropDatabase(sql: postgres.Sql, name: string): Promise<void> {
  const open = () => sql<{ application: string }[]>`
    select usename || ' ' || application_name as application from pg_stat_activity where datname = ${name}`
  // A connection that was just closed takes some milliseconds to leave the server's list, on a busy machine more than a second.
  const leaked = await waitFor(async () => (await open()).length === 0, { deadlineMs: 15_000 }).then(() => [], open)
  await sql`drop database ${sql(name)} with (force)`
  if (leaked.length > 0) throw new Error(`left open: ${leaked.map(({ application }) => application).join(', ')}`)
}

async function asAdmin(url: string, run: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await run(sql)
  } finally {
    await sql.end()
  }
}
