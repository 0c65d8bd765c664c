import { existsSync } from 'node:fs'
import { drizzle } from 'drizzle-orm/postgres-js'
import { migrate as applyMigrations } from 'drizzle-orm/postgres-js/migrator'
import postgres from 'postgres'
import { at } from './paths.ts'

/** Applies the migrations of `schemas/db/migrations` that the database does not have yet, as the given superuser. */
export async function migrate({ adminUrl }: { adminUrl: string }): Promise<void> {
  const migrationsFolder = at('schemas/db/migrations')
  if (!existsSync(migrationsFolder)) return
  const sql = postgres(adminUrl, { max: 1, onnotice: () => {} })
  try {
    await applyMigrations(drizzle(sql), { migrationsFolder })
  } finally {
    await sql.end()
  }
}
