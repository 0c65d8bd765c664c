// Makes the database that the services expect: their roles, one database, all migrations. Safe to repeat.
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { at } from './paths.ts'

/** Login roles. Row-level security is forced on all of them; `wagate_owner` owns the tables and runs the migrations. */
export const databaseRoles = [
  'wagate_owner',
  'wagate_api',
  'wagate_projector',
  'wagate_webhooks',
  'wagate_keeper',
] as const
export type DatabaseRole = (typeof databaseRoles)[number]
export type RolePasswords = Record<DatabaseRole, string>

/** Creates the roles that the cluster lacks and sets the passwords of all of them. Needs a superuser's URL. */
export async function ensureRoles(adminUrl: string, passwords: RolePasswords): Promise<void> {
  await withSql(adminUrl, async (sql) => {
    for (const role of databaseRoles) {
      const [known] = await sql`select 1 from pg_roles where rolname = ${role}`
      if (!known) await sql`create role ${sql(role)} login`
      // A utility statement takes no parameters; format() quotes the password instead.
      const [statement] = await sql<
        { text: string }[]
      >`select format('alter role %I password %L', ${role}::text, ${passwords[role]}::text) as text`
      if (statement) await sql.unsafe(statement.text)
    }
  })
}

/** Creates the database, owned by `wagate_owner`, unless it is there. Needs a superuser's URL. */
export async function ensureDatabase(adminUrl: string, name: string): Promise<void> {
  await withSql(adminUrl, async (sql) => {
    const [known] = await sql`select 1 from pg_database where datname = ${name}`
    if (!known) await sql`create database ${sql(name)} owner wagate_owner`
  })
}

/** Applies the migrations of `schemas/db/migrations` that the database does not have yet, as `wagate_owner`. */
export async function migrate(ownerUrl: string): Promise<void> {
  await withSql(ownerUrl, (sql) => applyMigrations(drizzle(sql), { migrationsFolder: at('schemas/db/migrations') }))
}

/** The same server, another database and, if given, another login. */
export function databaseUrl(url: string, database: string, login?: { role: DatabaseRole; password: string }): string {
  const result = new URL(url)
  result.pathname = `/${database}`
  if (login) {
    result.username = login.role
    result.password = encodeURIComponent(login.password)
  }
  return result.href
}

async function withSql<T>(url: string, run: (sql: postgres.Sql) => Promise<T>): Promise<T> {
  const sql = postgres(url, { max: 1, onnotice: () => {} })
  try {
    return await run(sql)
  } finally {
    await sql.end()
  }
}
