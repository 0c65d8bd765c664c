// Runs once before the integration ring: one PostgreSQL with a migrated template that cloneDatabase() copies.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { migrate } from '@wagate/dev/migrate.ts'
import { startPostgresServer } from '@wagate/dev/servers/postgres.ts'
import postgres from 'postgres'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The superuser's URL of the shared test server. */
    postgresUrl: string
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'wagate-postgres-'))
  const server = await startPostgresServer({ dir, password: 'test', fast: true })
  const sql = postgres(server.url, { max: 1 })
  await sql`create database wagate_template`
  await sql.end()
  await migrate({ adminUrl: databaseUrl(server.url, 'wagate_template') })
  project.provide('postgresUrl', server.url)
  return async () => {
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
}

function databaseUrl(url: string, database: string): string {
  const result = new URL(url)
  result.pathname = `/${database}`
  return result.href
}
