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
import { shardConsumer } from '@wagate/messages/streams.ts'
import { eventSubject, shardOf } from '@wagate/messages/subjects.ts'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { applyBatches } from './apply.ts'
import { ensureCheckpoints } from './checkpoint.ts'
import { createHandler } from './consume.ts'
import { createPartitions } from './partitions.ts'
import { createProjector } from './projector.ts'
import { isRefusal } from './refusal.ts'
import { createStory, messageIdOf } from './testing/events.ts'
import { readViews } from './testing/views.ts'

test('while PostgreSQL is away events wait in order, and afterwards the views catch up', async () => {
  await using nats = await startNats()
  const dir = await mkdtemp(join(tmpdir(), 'wagate-outage-'))
  let server = await startPostgresServer({ dir, password: 'test', fast: true })
  await ensureRoles(
    server.url,
    Object.fromEntries(databaseRoles.map((role) => [role, role])) as Record<DatabaseRole, string>,
  )
  await ensureDatabase(server.url, 'wagate')
  const urlOf = (role: DatabaseRole) => databaseUrl(server.url, 'wagate', { role, password: role })
  await migrate(urlOf('wagate_owner'))
  const sql = openPostgres({ url: urlOf('wagate_projector'), applicationName: 'test', max: 2 })
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger() })
  await broker.provision(4)

  const story = createStory()
  const consumer = shardConsumer('projector', shardOf(story.sessionId))
  await ensureCheckpoints(sql, [consumer])
  const partitions = createPartitions()
  const projector = createProjector({
    applyBatches: (batches) => applyBatches(sql, partitions, batches),
    isRefusal,
    onApplied: () => {},
    gatherMs: 5,
  })
  const aside: number[] = []
  let retries = 0
  const consumption = await broker.consumeBatches({
    stream: 'EVENTS',
    consumer,
    maxMessages: 10,
    maxWaitMs: 0,
    handle: createHandler(
      { project: projector.project, onPutAside: (_consumer, seq) => aside.push(seq), onUnknownType: () => {} },
      consumer,
    ),
    onRetry: () => retries++,
  })
  const publish = async (event: ReturnType<typeof story.created>) =>
    broker.publish(eventSubject(event, event.type), Buffer.from(JSON.stringify(event)))
  const counted = (count: number) =>
    waitFor(async () => (await readViews(sql)).messages.length === count, {
      deadlineMs: 30_000,
      what: `${count} messages`,
    })

  await publish(story.created())
  for (let n = 0; n < 20; n++) await publish(story.received(messageIdOf(n), { phone: '+999100200300' }))
  await counted(20)
  await server.stop()
  for (let n = 20; n < 60; n++) await publish(story.received(messageIdOf(n), { phone: '+999100200300' }))
  await waitFor(() => retries >= 3)
  server = await startPostgresServer({ dir, password: 'test', fast: true, port: server.port })
  await counted(60)
  expect((await readViews(sql)).chats).toMatchObject([{ unread_count: 60, last_message_id: messageIdOf(59) }])
  expect(aside).toEqual([])

  await consumption.close()
  await broker.drain()
  await sql.end()
  await server.stop()
  await rm(dir, { recursive: true, force: true })
})
