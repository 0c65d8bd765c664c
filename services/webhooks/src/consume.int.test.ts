import type { Event } from '@wagate/messages/events.ts'
import { shardConsumer } from '@wagate/messages/streams.ts'
import { eventSubject, shardOf } from '@wagate/messages/subjects.ts'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { createHandler } from './consume.ts'
import { consumeShards } from './shards.ts'
import { startReceiver } from './testing/receiver.ts'
import { createStory, openWorld } from './testing/world.ts'

test('events of the broker are delivered from every shard; a malformed one goes to DEAD_LETTERS and blocks nothing', async () => {
  await using nats = await startNats()
  await using receiver = await startReceiver()
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url)
  const deliveries = await world.open()
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger() })
  await broker.provision(4)
  const aside: string[] = []
  const shards = await consumeShards({
    leaseTtlMs: 20_000,
    broker,
    logger: silentLogger(),
    owner: 'webhooks_1',
    maxMessages: 50,
    handlerOf: (consumer) =>
      createHandler(
        { ...deliveries, onPutAside: (name, seq, reason) => aside.push(`${name} ${seq} ${reason}`) },
        consumer,
      ),
  })
  const publish = (event: Event, bytes: Uint8Array = Buffer.from(JSON.stringify(event))) =>
    broker.publish(eventSubject(event, event.type), bytes, { msgId: event.id })

  const stories = Array.from({ length: 20 }, (_, n) => createStory('test', `story${n}`))
  for (const story of stories) await publish(story.created())
  const [first] = stories
  if (!first) throw new Error('no story')
  const bad = await publish(first.received(), Buffer.from('{"type":"message.received"}'))
  for (const story of stories) await publish(story.received('hi'))

  await waitFor(async () => (await world.count('delivered')) === 40)
  expect(receiver.requests).toHaveLength(40)
  expect(aside).toEqual([
    expect.stringContaining(`${shardConsumer('webhooks', shardOf(first.sessionId))} ${bad.seq} id: `),
  ])
  expect((await broker.lastMessage('DEAD_LETTERS', 'dlq.>'))?.subject).toMatch(/^dlq\.EVENTS\.webhooks-/)
  await shards.close()
  await broker.drain()
})

test('while PostgreSQL refuses connections events wait; afterwards each is delivered once', async () => {
  await using nats = await startNats()
  await using receiver = await startReceiver()
  await using world = await openWorld()
  await world.addEndpoint('whe_1', receiver.url)
  const deliveries = await world.open()
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger() })
  await broker.provision(4)
  const shards = await consumeShards({
    leaseTtlMs: 20_000,
    broker,
    logger: silentLogger(),
    owner: 'webhooks_1',
    maxMessages: 50,
    handlerOf: (consumer) => createHandler({ ...deliveries, onPutAside: () => {} }, consumer),
  })
  const story = createStory()
  const publish = (event: Event) => broker.publish(eventSubject(event, event.type), Buffer.from(JSON.stringify(event)))
  await publish(story.created())
  await waitFor(async () => (await world.count('delivered')) === 1)

  const [database] = await world.admin`select current_database() as name`
  await world.admin`alter database ${world.admin(database?.name)} connection limit 0`
  await world.admin`select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`
  for (let n = 0; n < 30; n++) await publish(story.received())
  expect(await world.count('delivered')).toBe(1)
  await world.admin`alter database ${world.admin(database?.name)} connection limit -1`
  await waitFor(async () => (await world.count('delivered')) === 31, { deadlineMs: 30_000 })
  expect(receiver.requests).toHaveLength(31)
  await shards.close()
  await broker.drain()
})
