import type { Event } from '@wagate/messages/events.ts'
import { shardConsumer } from '@wagate/messages/streams.ts'
import { eventSubject, shardOf } from '@wagate/messages/subjects.ts'
import { type Broker, connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { applyBatches } from './apply.ts'
import { ensureCheckpoints } from './checkpoint.ts'
import { createHandler } from './consume.ts'
import { createPartitions } from './partitions.ts'
import { createProjector } from './projector.ts'
import { isRefusal } from './refusal.ts'
import { createStory, messageIdOf } from './testing/events.ts'
import { readViews } from './testing/views.ts'

const phone = { phone: '+999100200300' }

const publish = (broker: Broker, event: Event, bytes: Uint8Array = Buffer.from(JSON.stringify(event))) =>
  broker.publish(eventSubject(event, event.type), bytes)

test('poison goes to DEAD_LETTERS with its cause and blocks nothing, before and behind it', async () => {
  await using nats = await startNats()
  await using db = await cloneDatabase()
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger() })
  await broker.provision(4)
  const sql = postgres(db.urlFor('wagate_projector'), { max: 2, onnotice: () => {} })
  const story = createStory()
  const consumer = shardConsumer('projector', shardOf(story.sessionId))
  await ensureCheckpoints(sql, [consumer])
  const partitions = createPartitions()
  const projector = createProjector({
    applyBatches: (batches) => applyBatches(sql, partitions, batches),
    isRefusal,
    onApplied: () => {},
    gatherMs: 0,
  })

  await publish(broker, story.created())
  await publish(broker, story.qrIssued(), Buffer.from('{"not":"an event"}')) // malformed
  await publish(broker, story.sent('msg_nonsense', phone)) // cannot be folded
  const refused = story.received(messageIdOf(1), phone)
  if (refused.type === 'message.received') refused.data.at = '0000-01-01T00:00:00Z' // no such year in PostgreSQL
  await publish(broker, refused)
  await publish(broker, story.connected(phone))
  const aside: string[] = []
  const handle = createHandler(
    {
      project: projector.project,
      onPutAside: (_consumer, seq, reason) => aside.push(`${seq}: ${reason}`),
      onUnknownType: () => {},
    },
    consumer,
  )
  const consumption = await broker.consumeBatches({
    stream: 'EVENTS',
    consumer,
    maxMessages: 100,
    maxWaitMs: 0,
    handle,
  })

  await waitFor(async () => (await readViews(sql)).sessions[0]?.status === 'connected')
  expect(aside).toEqual([
    '2: type: invalid_union',
    '3: data.messageId: not a message id',
    expect.stringMatching(/^4: refused by the database: 22/),
  ])
  const letters: string[] = []
  for await (const letter of broker.readSubject('DEAD_LETTERS', 'dlq.>')) letters.push(letter.subject)
  expect(letters).toEqual([1, 2, 3].map(() => `dlq.EVENTS.${consumer}`))
  await consumption.close()
  await broker.drain()
  await sql.end()
})
