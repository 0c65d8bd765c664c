import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { DatabaseUnavailable } from './errors.ts'
import { openPostgres, orUnavailable } from './postgres.ts'

test('a connection that is lost between two statements of a transaction fails that transaction, and the pool goes on', async () => {
  await using db = await cloneDatabase()
  const sql = openPostgres({ url: db.urlFor('wagate_api'), applicationName: 'lost', max: 10 })
  const admin = openPostgres({ url: db.url, applicationName: 'admin', max: 1 })
  for (let round = 0; round < 5; round++) {
    const transaction = orUnavailable(
      () =>
        sql.begin(async (tx) => {
          const [own] = await tx`select pg_backend_pid() as pid`
          await admin`select pg_terminate_backend(${own?.pid})`
          await waitFor(async () => (await admin`select 1 from pg_stat_activity where pid = ${own?.pid}`).length === 0)
          return tx`select 1`
        }),
      3_000,
    )
    const error: unknown = await transaction.then(
      () => undefined,
      (reason) => reason,
    )
    expect(error).toBeInstanceOf(DatabaseUnavailable)
    // The driver may leave a statement unanswered that it wrote to the closing connection, hence the time limit.
    // A query that meets the connection in the moment of its closing fails as unavailable; the pool goes on.
    await waitFor(async () => (await orUnavailable(() => sql`select 1 as one`, 1_000))[0]?.one === 1)
  }
  await sql.end({ timeout: 1 })
  await admin.end({ timeout: 1 })
})
