import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startPostgresServer } from '@wagate/dev/servers/postgres.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { DatabaseUnavailable } from './errors.ts'
import { silentLogger } from './logger.ts'
import { openPostgres, orUnavailable, waitForPostgres } from './postgres.ts'

test('connections carry the name of the service', async () => {
  await using database = await cloneDatabase()
  const sql = openPostgres({ url: database.url, applicationName: 'gateway', max: 2 })
  const [row] =
    await sql`select current_setting('application_name') as name, current_setting('statement_timeout') as timeout`
  expect(row).toEqual({ name: 'gateway', timeout: '10s' })
  await sql.end()
})

test('a statement that takes too long is ended and counts as unavailable', async () => {
  await using database = await cloneDatabase()
  const sql = openPostgres({ url: database.url, applicationName: 'test', max: 1, statementTimeoutMs: 100 })
  await expect(orUnavailable(() => sql`select pg_sleep(5)`)).rejects.toThrow(DatabaseUnavailable)
  await sql.end()
})

test('a database that is silent counts as unavailable after the time given', async () => {
  await using database = await cloneDatabase()
  const sql = openPostgres({ url: database.url, applicationName: 'test', max: 1 })
  await expect(orUnavailable(() => sql`select pg_sleep(2)`, 100)).rejects.toThrow('no answer in 100 ms')
  await sql.end()
})

test('a mistake in a query is not taken for an outage', async () => {
  await using database = await cloneDatabase()
  const sql = openPostgres({ url: database.url, applicationName: 'test', max: 1 })
  await expect(orUnavailable(() => sql`select * from not_there`)).rejects.toThrow('does not exist')
  await sql.end()
})

test('while PostgreSQL is down queries fail as unavailable, and the same pool works after it has come back', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'wagate-runtime-postgres-'))
  const server = await startPostgresServer({ dir, password: 'test', fast: true })
  const sql = openPostgres({ url: server.url, applicationName: 'test', max: 3 })
  await sql`select 1`
  await server.stop()
  const failing = await Promise.allSettled(Array.from({ length: 5 }, () => orUnavailable(() => sql`select 1`, 1_000)))
  for (const result of failing) {
    expect(result.status).toBe('rejected')
    if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(DatabaseUnavailable)
  }
  const waiting = waitForPostgres(sql, silentLogger())
  const again = await startPostgresServer({ dir, password: 'test', fast: true, port: server.port })
  await waiting
  await waitFor(() => orUnavailable(() => sql`select 1 as one`), { deadlineMs: 3_000 })
  await sql.end()
  await again.stop()
  await rm(dir, { recursive: true, force: true })
})
