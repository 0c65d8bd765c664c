import { randomBytes } from 'node:crypto'
import postgres from 'postgres'
import { inject } from 'vitest'

export type TestDatabase = {
  /** The owner's URL (superuser): row-level security does not hold for it. */
  url: string
  /** The URL for a service role, under which row-level security holds. */
  urlFor(role: string): string
  name: string
} & AsyncDisposable

/** A database of the test's own, copied from the migrated template in some tens of milliseconds. Use with `await using`. */
export async function cloneDatabase(): Promise<TestDatabase> {
  const admin = new URL(inject('postgresUrl'))
  const name = `test_${randomBytes(8).toString('hex')}`
  await asAdmin(admin.href, (sql) => sql`create database ${sql(name)} template wagate_template`)
  const url = new URL(admin)
  url.pathname = `/${name}`
  return {
    url: url.href,
    urlFor(role) {
      const asRole = new URL(url)
      asRole.username = role
      asRole.password = role // as global-setup.ts sets them
      return asRole.href
    },
    name,
    async [Symbol.asyncDispose]() {
      await asAdmin(admin.href, (sql) => sql`drop database ${sql(name)} with (force)`)
    },
  }
}

async function asAdmin(url: string, run: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    await run(sql)
  } finally {
    await sql.end()
  }
}
