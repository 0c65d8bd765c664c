import type { Event } from '@wagate/messages/events.ts'
import { cloneDatabase, type TestDatabase } from '@wagate/testing/postgres.ts'
import postgres, { type Sql } from 'postgres'
import { expect, test } from 'vitest'
import { applyBatches } from './apply.ts'
import { ensureCheckpoints } from './checkpoint.ts'
import { createPartitions } from './partitions.ts'
import { createStory, messageIdOf, stored, timeOf } from './testing/events.ts'
import { readViews } from './testing/views.ts'

const consumer = 'projector-0'
const phone = { phone: '+999100200300' }
const lid = { lid: '77@lid' }
const both = { ...phone, ...lid }

type World = { sql: Sql; apply(events: Event[], fromSeq?: number): ReturnType<typeof applyBatches> } & AsyncDisposable

async function openWorld(db: TestDatabase): Promise<World> {
  const sql = postgres(db.urlFor('wagate_projector'), { max: 4, onnotice: () => {} })
  const partitions = createPartitions()
  await ensureCheckpoints(sql, [consumer])
  return {
    sql,
    apply(events, fromSeq = 1) {
      const end = { consumer, seq: fromSeq + events.length - 1, storedAt: new Date() }
      return applyBatches(sql, partitions, [{ events: stored(events, fromSeq), end }])
    },
    [Symbol.asyncDispose]: () => sql.end(),
  }
}

test('the rows are what the events say, in every column', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  const id = messageIdOf(5)
  const events = [story.created(), story.connected(both), story.sent(id, both, 'hi'), story.delivered(id, both)]
  await world.apply([...events, story.received(messageIdOf(6), both, 'hello', 'Ann')], 10)
  const views = await readViews(world.sql)
  expect(views.sessions).toMatchObject([{ status: 'connected', account_lid: '77@lid', sequence: 5, stream_seq: 14 }])
  expect(views.chats).toMatchObject([
    { ...both, mode: 'test', name: 'Ann', unread_count: 1, last_message_id: messageIdOf(6) },
  ])
  expect(views.messages).toMatchObject([
    {
      message_id: id,
      direction: 'out',
      state: 'delivered',
      content: { type: 'text', text: { body: 'hi' } },
      wa_message_id: `wa_${id}`,
      chat_id: views.chats[0]?.chat_id,
    },
    { message_id: messageIdOf(6), direction: 'in', state: 'received', from_phone: '+999100200300' },
  ])
  expect(Date.parse(views.messages[0]?.created_at ?? '')).toBe(Date.parse(timeOf(5)))
})

test('a replay changes nothing, not even an unread count', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  const events = [story.created(), story.received(messageIdOf(1), phone), story.received(messageIdOf(2), phone)]
  await world.apply(events)
  const before = await readViews(world.sql)
  expect(await world.apply(events)).toEqual({ events: 0, repeats: 3 })
  // The worker published them again under other positions, after the broker's duplicate window.
  expect(await world.apply(events, 100)).toEqual({ events: 0, repeats: 3 })
  expect(await readViews(world.sql)).toEqual(before)
  expect(before.chats[0]?.unread_count).toBe(2)
})

test('a batch that overlaps the last one is folded from where that one ended', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  const events = [1, 2, 3].map((n) => story.received(messageIdOf(n), phone))
  await world.apply(events.slice(0, 2))
  expect(await world.apply(events)).toEqual({ events: 1, repeats: 2 })
  expect((await readViews(world.sql)).chats[0]?.unread_count).toBe(3)
})

test('receipts reach rows of earlier batches, by our id or by the id of WhatsApp, and never lower a state', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  const [a, b] = [messageIdOf(1), messageIdOf(2)]
  await world.apply([story.created(), story.sent(a, phone), story.echoed(b, phone)])
  await world.apply([story.read(a, phone), story.deliveredToPhone(`wa_${b}`, phone)], 4)
  await world.apply([story.delivered(a, phone)], 6)
  expect((await readViews(world.sql)).messages).toMatchObject([
    { state: 'read', delivered_at: expect.any(String), read_at: expect.any(String), stream_seq: 6 },
    { state: 'delivered', direction: 'out_by_phone' },
  ])
})

test('sent after unconfirmed moves the row on and keeps what is known', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  const id = messageIdOf(1)
  await world.apply([story.created(), story.unconfirmed(id, phone)])
  await world.apply([story.delivered(id, phone)], 3)
  await world.apply([story.sent(id, phone)], 4)
  expect((await readViews(world.sql)).messages).toMatchObject([
    { state: 'delivered', sent_at: expect.any(String), delivered_at: expect.any(String) },
  ])
})

test('chats that turn out to be one are merged with their messages', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  await world.apply([story.created(), story.received(messageIdOf(1), phone)])
  await world.apply([story.received(messageIdOf(2), lid)], 3)
  expect((await readViews(world.sql)).chats).toHaveLength(2)
  await world.apply([story.received(messageIdOf(3), both)], 4)
  const { chats, messages } = await readViews(world.sql)
  expect(chats).toMatchObject([{ ...both, unread_count: 3 }])
  expect(messages.map((message) => message.chat_id)).toEqual([1, 2, 3].map(() => chats[0]?.chat_id))
})

test('a number that moves to another person within one batch is never there twice', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  await world.apply([story.received(messageIdOf(1), both)])
  await world.apply([story.received(messageIdOf(2), { ...phone, lid: '88@lid' })], 2)
  const { chats } = await readViews(world.sql)
  expect(chats.map(({ phone, lid }) => [phone, lid])).toEqual([
    [null, '77@lid'],
    ['+999100200300', '88@lid'],
  ])
})

test('text that PostgreSQL cannot store is stored as far as it can be', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  await world.apply([story.created(), story.received(messageIdOf(1), phone, 'a\0b\ud800c\\u0000', 'N\0')])
  const { chats, messages } = await readViews(world.sql)
  expect(messages[0]?.content).toEqual({ type: 'text', text: { body: 'a\uFFFDb\uFFFDc\\u0000' } })
  expect(chats[0]?.name).toBe('N\uFFFD')
})

test('messages of other months get their partition when they come', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  const old = messageIdOf(-400 * 86_400_000)
  await world.apply([story.created(), story.echoed(old, phone), story.echoed(messageIdOf(1), phone)])
  expect((await readViews(world.sql)).messages.map((message) => message.message_id)).toEqual([old, messageIdOf(1)])
})

test('two copies that apply the same batch at once count it once', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  const events = [story.created(), ...[1, 2, 3, 4].map((n) => story.received(messageIdOf(n), phone))]
  const applied = await Promise.all([world.apply(events), world.apply(events), world.apply(events)])
  expect(applied.reduce((sum, one) => sum + one.events, 0)).toBe(5)
  expect((await readViews(world.sql)).chats[0]?.unread_count).toBe(4)
})
