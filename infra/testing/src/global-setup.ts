// Runs once before the integration ring: one PostgreSQL with a migrated template that cloneDatabase() copies.
import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { databaseUrl, ensureDatabase, ensureRoles, migrate } from '@wagate/dev/database.ts'
import { at } from '@wagate/dev/paths.ts'
import { startPostgresServer } from '@wagate/dev/servers/postgres.ts'
import type { TestProject } from 'vitest/node'
import { template, testRolePasswords } from './template.ts'

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dir = await mkdtemp(join(tmpdir(), 'wagate-postgres-'))
  const server = await startPostgresServer({ dir, password: 'test', fast: true })
  const stop = async () => {
    await server.stop()
    await rm(dir, { recursive: true, force: true })
  }
  try {
    await ensureRoles(server.url, testRolePasswords)
    await ensureDatabase(server.url, template)
    const login = { role: 'wagate_owner', password: testRolePasswords.wagate_owner } as const
    if (existsSync(at('schemas/db/migrations'))) await migrate(databaseUrl(server.url, template, login))
  } catch (error) {
    await stop()
    throw error
  }
  project.provide('postgresUrl', server.url)
  return stop
}
