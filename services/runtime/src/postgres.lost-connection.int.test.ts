import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
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

test('a connection that is lost while the driver asks for its types is one lost connection, not the end of the process', async () => {
  await using db = await cloneDatabase()
  const target = Number(new URL(db.url).port)
  let cuts = 2
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const upstream = connect(target, '127.0.0.1')
    for (const socket of [client, upstream]) sockets.add(socket.on('error', () => {}))
    upstream.on('close', () => client.destroy()).pipe(client)
    client.on('close', () => upstream.destroy())
    client.on('data', (bytes) => {
      if (cuts > 0 && bytes.includes('typarray')) {
        cuts--
        client.resetAndDestroy()
      } else upstream.write(bytes)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = new URL(db.urlFor('wagate_api'))
  url.port = String(typeof address === 'object' ? address?.port : 0)
  const sql = openPostgres({ url: url.href, applicationName: 'lost', max: 2 })
  // An unhandled rejection would fail the run.
  await waitFor(async () => (await orUnavailable(() => sql`select 1 as one`, 1_000))[0]?.one === 1)
  expect(cuts).toBe(0)
  await sql.end({ timeout: 1 })
  for (const socket of sockets) socket.destroy()
  server.close()
})
