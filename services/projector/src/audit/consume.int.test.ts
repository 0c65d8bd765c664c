import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  type DatabaseRole,
  databaseRoles,
  databaseUrl,
  ensureDatabase,
  ensureRoles,
  migrate,
} from '@wagate/dev/database.ts'
import { startPostgresServer } from '@wagate/dev/servers/postgres.ts'
import { auditConsumer } from '@wagate/messages/streams.ts'
import { auditSubject } from '@wagate/messages/subjects.ts'
import { type Broker, connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { openPostgres, type Sql } from '@wagate/runtime/postgres.ts'
import { startNats, type TestNats } from '@wagate/testing/nats.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { ensureCheckpoints, readCheckpoint } from '../checkpoint.ts'
import { anEntry, readChain } from '../testing/audit.ts'
import { recordEntries } from './apply.ts'
import { createAuditHandler } from './consume.ts'
import { catchUp, holdAudit } from './hold.ts'
import { verifyTenant } from './verify.ts'

const logger = silentLogger()

async function brokerAt(nats: TestNats, leaseTtlMs: number): Promise<Broker> {
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger, leaseTtlMs })
  await broker.provision(4, { leaseTtlMs })
  return broker
}

const publish = async (broker: Broker, from: number, to: number) => {
  for (let n = from; n <= to; n++) {
    const entry = anEntry(n)
    await broker.publish(auditSubject(entry.tenantId), Buffer.from(JSON.stringify(entry)), { msgId: entry.id })
  }
}

function handlerOn(sql: Sql, aside: number[] = []) {
  return createAuditHandler({
    record: (batch) => recordEntries(sql, batch),
    onRecorded: () => {},
    onPutAside: (seq) => aside.push(seq),
  })
}

const positionIn = (sql: Sql) => async () => (await readCheckpoint(sql, auditConsumer.name))?.seq ?? 0

/** A copy of the service, as far as the audit log goes. */
const copy = (sql: Sql, broker: Broker, owner: string, leaseTtlMs: number) =>
  holdAudit({
    ...{ broker, logger, owner, leaseTtlMs, maxMessages: 7, handle: handlerOn(sql), position: positionIn(sql) },
    onLost: () => {},
  })

test('two copies take turns: every entry is added once, in order, whichever of them is there', async () => {
  await using nats = await startNats()
  await using database = await cloneDatabase()
  const leaseTtlMs = 2_000
  const broker = await brokerAt(nats, leaseTtlMs)
  const sql = postgres(database.urlFor('wagate_projector'), { max: 4, onnotice: () => {} })
  await ensureCheckpoints(sql, [auditConsumer.name])
  const counted = (count: number) =>
    waitFor(async () => (await readChain(sql)).length === count, { deadlineMs: 30_000, what: `${count} entries` })

  const one = await copy(sql, broker, 'one', leaseTtlMs)
  const two = await copy(sql, broker, 'two', leaseTtlMs)
  await publish(broker, 0, 19)
  await counted(20)
  const [first, second] = one.isHeld() ? [one, two] : [two, one]
  await first.close()
  await publish(broker, 20, 49)
  await counted(50)
  await second.close()
  const chain = await readChain(sql)
  expect(chain.map(({ id }) => id)).toEqual(Array.from({ length: 50 }, (_, n) => anEntry(n).id))
  expect(await verifyTenant(sql, 'ten_a')).toMatchObject({ holds: true, through: { number: 50 } })
  await broker.drain()
  await sql.end()
})

test('an entry that a gateway publishes again, after the broker forgot it, is added once', async () => {
  await using nats = await startNats()
  await using database = await cloneDatabase()
  const broker = await brokerAt(nats, 20_000)
  const sql = postgres(database.urlFor('wagate_projector'), { max: 2, onnotice: () => {} })
  await ensureCheckpoints(sql, [auditConsumer.name])
  const data = Buffer.from(JSON.stringify(anEntry(1)))
  await broker.publish(auditSubject('ten_a'), data)
  await broker.publish(auditSubject('ten_a'), data)
  await broker.publish(auditSubject('ten_a'), Buffer.from('{"not":"an entry"}'))
  await publish(broker, 2, 2)
  const aside: number[] = []
  const handle = handlerOn(sql, aside)
  const consumption = await broker.consumeBatches({
    ...{ stream: 'AUDIT', consumer: auditConsumer.name, maxMessages: 10, maxWaitMs: 0 },
    handle: (messages, tools) => handle(messages, tools.deadLetter),
  })
  await waitFor(async () => (await readChain(sql)).length === 2)
  expect(aside).toEqual([3])
  expect(await broker.lastMessage('DEAD_LETTERS', 'dlq.AUDIT.projector-audit')).toBeDefined()
  await consumption.close()
  await broker.drain()
  await sql.end()
})

test('a database that was restored from a backup is brought up to date, with the hashes that customers kept', async () => {
  await using nats = await startNats()
  await using database = await cloneDatabase()
  const broker = await brokerAt(nats, 20_000)
  const sql = postgres(database.urlFor('wagate_projector'), { max: 2, onnotice: () => {} })
  await ensureCheckpoints(sql, [auditConsumer.name])
  const upToDate = () =>
    catchUp({ broker, handle: handlerOn(sql), maxMessages: 4, position: positionIn(sql) }, new AbortController().signal)
  await publish(broker, 1, 10)
  await upToDate()
  const before = await readChain(sql)
  expect(before).toHaveLength(10)

  const restore = postgres(database.url, { max: 1, connection: { session_replication_role: 'replica' } })
  await restore`delete from audit_entry where number > 6`
  await restore`update projector_checkpoint set stream_seq = 6 where consumer = ${auditConsumer.name}`
  await restore.end()
  await upToDate()
  expect(await readChain(sql)).toEqual(before)
  await broker.drain()
  await sql.end()
})

test('while PostgreSQL is away entries wait, and afterwards none is missing', async () => {
  await using nats = await startNats()
  const dir = await mkdtemp(join(tmpdir(), 'wagate-audit-'))
  let server = await startPostgresServer({ dir, password: 'test', fast: true })
  const passwords = Object.fromEntries(databaseRoles.map((role) => [role, role])) as Record<DatabaseRole, string>
  await ensureRoles(server.url, passwords)
  await ensureDatabase(server.url, 'wagate')
  const urlOf = (role: DatabaseRole) => databaseUrl(server.url, 'wagate', { role, password: role })
  await migrate(urlOf('wagate_owner'))
  const sql = openPostgres({ url: urlOf('wagate_projector'), applicationName: 'test', max: 2 })
  const broker = await brokerAt(nats, 20_000)
  await ensureCheckpoints(sql, [auditConsumer.name])
  const recording = await copy(sql, broker, 'one', 20_000)
  const counted = (count: number) =>
    waitFor(async () => (await readChain(sql)).length === count, { deadlineMs: 30_000, what: `${count} entries` })

  await publish(broker, 1, 10)
  await counted(10)
  await server.stop()
  await publish(broker, 11, 40)
  server = await startPostgresServer({ dir, password: 'test', fast: true, port: server.port })
  await counted(40)
  expect(await verifyTenant(sql, 'ten_a')).toMatchObject({ holds: true, through: { number: 40 } })

  await recording.close()
  await broker.drain()
  await sql.end()
  await server.stop()
  await rm(dir, { recursive: true, force: true })
})
