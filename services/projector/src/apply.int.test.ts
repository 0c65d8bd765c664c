import type { Event } from '@wagate/messages/events.ts'
import { wordScope } from '@wagate/messages/words.ts'
import { cloneDatabase, type TestDatabase } from '@wagate/testing/postgres.ts'
import postgres, { type Sql } from 'postgres'
import { expect, test } from 'vitest'
import { applyBatches } from './apply.ts'
import { applyMerges } from './chat-view/apply.ts'
import type { Chats } from './chat-view/project.ts'
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

/** Members are the gateway's to write. */
function asGateway(db: TestDatabase) {
  const sql = postgres(db.urlFor('wagate_api'), { max: 1, onnotice: () => {} })
  return {
    async member(tenantId: string, personId: string): Promise<void> {
      await sql`insert into tenant ${sql({ tenant_id: tenantId, name: 'a tenant', plan: 'basic' })} on conflict do nothing`
      await sql`insert into person ${sql({ person_id: personId, name: 'Ada', email: personId })}`
      await sql`insert into member ${sql({ tenant_id: tenantId, person_id: personId, role: 'agent' })}`
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

test('words are stored once for each message with text, without accents and case, by tenant and mode', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const story = createStory()
  const [one, two] = [messageIdOf(1), messageIdOf(2)]
  await world.apply([story.created(), story.received(one, phone, 'Hello, Café! hello'), story.unconfirmed(two, phone)])
  await world.apply([story.sent(two, phone, 'hi')], 4)
  const scope = wordScope('ten_a', 'test')
  expect((await readViews(world.sql)).words).toEqual([
    { message_id: one, words: `'${scope}:cafe' '${scope}:hello'` },
    { message_id: two, words: `'${scope}:hi'` },
  ])
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

type Desk = { assignee_id?: string; read_to_at?: string; read_to_id?: string; read_at?: string }

const marked = (n: number): Desk => ({ read_to_at: timeOf(n), read_to_id: messageIdOf(n), read_at: timeOf(n + 100) })

test.each<[what: string, byPhone: Desk | undefined, byLid: Desk | undefined, merged: Desk | undefined]>([
  ['nobody touched either', undefined, undefined, undefined],
  [
    'only the kept one was touched',
    { assignee_id: 'per_1', ...marked(1) },
    undefined,
    { assignee_id: 'per_1', ...marked(1) },
  ],
  [
    'only the one that is gone was',
    undefined,
    { assignee_id: 'per_1', ...marked(2) },
    { assignee_id: 'per_1', ...marked(2) },
  ],
  ['both, and the kept one was read further', marked(4), marked(2), marked(4)],
  ['both, and the other one was read further', marked(1), marked(2), marked(2)],
  ['one was read and the other assigned', marked(1), { assignee_id: 'per_2' }, { assignee_id: 'per_2', ...marked(1) }],
  [
    'each had somebody',
    { assignee_id: 'per_1' },
    { assignee_id: 'per_2', ...marked(2) },
    { assignee_id: 'per_1', ...marked(2) },
  ],
])('what people decided goes along with a merge: %s', async (_, byPhone, byLid, merged) => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  await using gateway = asGateway(db)
  for (const person of ['per_1', 'per_2']) await gateway.member('ten_a', person)
  const story = createStory()
  await world.apply([story.created(), story.received(messageIdOf(1), phone)])
  await world.apply([story.received(messageIdOf(2), lid)], 3)
  const ids = (await readViews(world.sql)).chats.map(({ chat_id }) => chat_id)
  for (const [n, desk] of [byPhone, byLid].entries())
    if (desk) {
      const chat = { tenant_id: 'ten_a', chat_id: ids[n] ?? '', session_id: story.sessionId, mode: 'test' }
      await world.sql`insert into chat_desk ${world.sql({ ...chat, ...desk })}`
    }
  await world.apply([story.received(messageIdOf(3), both)], 4)
  const desks = await world.sql`select * from chat_desk`
  const nothing = { assignee_id: null, read_to_at: null, read_to_id: null, read_at: null }
  const whole = (desk: Desk) => ({ ...nothing, ...desk })
  const shown = desks.map(({ chat_id, assignee_id, read_to_at, read_to_id, read_at }) => ({
    ...{ chat_id, assignee_id, read_to_id },
    ...{ read_to_at: read_to_at?.toISOString() ?? null, read_at: read_at?.toISOString() ?? null },
  }))
  expect(shown).toEqual(merged ? [{ chat_id: ids[0], ...whole(merged) }] : [])
})

test('of three chats that merge at once the newest mark and somebody who has it stay', async () => {
  await using db = await cloneDatabase()
  await using world = await openWorld(db)
  const merge = (gone: string) => [gone, { tenant_id: 'ten_a', gone_id: gone, kept_id: 'cht_a' }] as const
  const chats: Chats = {
    byId: new Map(),
    byName: new Map(),
    changed: new Set(),
    merged: new Map(['cht_b', 'cht_c'].map(merge)),
  }
  for (const [n, chat_id] of ['cht_c', 'cht_b'].entries())
    await world.sql`insert into chat_desk ${world.sql({ tenant_id: 'ten_a', chat_id, session_id: 'ses_1', mode: 'test', ...marked(n + 1) })}`
  await world.sql.begin((tx) => applyMerges(tx, chats))
  await world.sql.begin((tx) => applyMerges(tx, chats))
  expect(await world.sql`select chat_id, read_to_id from chat_desk`).toEqual([
    { chat_id: 'cht_a', read_to_id: messageIdOf(2) },
  ])
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
