import { rebuildLock } from '@wagate/db/locks.ts'
import type { Event } from '@wagate/messages/events.ts'
import { eventsOfTenant } from '@wagate/messages/subjects.ts'
import { connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import postgres from 'postgres'
import { expect, test } from 'vitest'
import { rebuildViews, views } from './rebuild-views.ts'
import { createStory, messageIdOf, timeOf } from './testing/events.ts'
import { publish, startLive } from './testing/live.ts'
import { readViews } from './testing/views.ts'

/** Twelve sessions, each with messages both ways, receipts, and chats that merge; `part` 0 and 1 continue each other. */
function createPlot() {
  const stories = Array.from({ length: 12 }, (_, n) => createStory(`story${n}`))
  return (part: number): Event[] =>
    stories.flatMap((story, n) => {
      const [phone, lid] = [{ phone: `+99910${n}` }, { lid: `${n + 1}@lid` }]
      const id = (index: number) => messageIdOf(part * 1_000 + n * 20 + index, `s${n}`)
      return [
        ...(part === 0 ? [story.created(), story.connected({ phone: '+999100200300' })] : [story.disconnected()]),
        story.sent(id(1), phone),
        story.received(id(2), part === 0 ? lid : { ...phone, ...lid }, 'x', `N${part}`),
        story.delivered(id(1), phone),
        story.unconfirmed(id(3), lid),
        ...(part === 1 ? [story.read(messageIdOf(n * 20 + 1, `s${n}`), phone), story.closed()] : []),
      ]
    })
}

test('a rebuild gives what live projection gives, while live projection goes on', async () => {
  await using nats = await startNats()
  await using db = await cloneDatabase()
  const sql = postgres(db.urlFor('wagate_projector'), { max: 3, onnotice: () => {} })
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger() })
  await broker.provision(4)
  const live = await startLive(broker, sql)
  const plot = createPlot()
  const [first, second] = [plot(0), plot(1)]
  await publish(broker, first)
  await waitFor(() => live.events() === first.length)
  await publish(broker, second)
  await waitFor(() => live.events() === first.length + second.length)
  const expected = await readViews(sql)
  await live.close()

  // The same events once more, into a database that is damaged on the way.
  await using other = await cloneDatabase()
  const damaged = postgres(other.urlFor('wagate_projector'), { max: 3, onnotice: () => {} })
  await using again = await startNats()
  const secondBroker = await connectBroker({ servers: [again.url], name: 'test', logger: silentLogger() })
  await secondBroker.provision(4)
  const liveAgain = await startLive(secondBroker, damaged)
  await publish(secondBroker, first)
  await waitFor(() => liveAgain.events() === first.length)
  await damaged`update session_view set status = 'closed', name = 'wrong'`
  await damaged`update session_view set session_id = 'ses_bogus' where ctid = (select min(ctid) from session_view)`
  await damaged`update chat_view set unread_count = 99, last_message_id = 'msg_wrong'`
  await damaged`update message_view set state = 'failed', content = '{}'`
  await damaged`delete from message_view where direction = 'in'`
  await damaged`update usage_day set sent = sent + 1, delivered = 0`
  await damaged`delete from usage_day where ctid = (select min(ctid) from usage_day)`
  await damaged`update session_timeline set type = 'linked', detail = '{}'`
  await damaged`delete from session_timeline where ctid = (select min(ctid) from session_timeline)`
  const rebuilding = rebuildViews({ sql: damaged, broker: secondBroker, logger: silentLogger() }, views)
  await publish(secondBroker, second)
  await rebuilding
  await waitFor(() => liveAgain.events() === first.length + second.length)
  expect(await readViews(damaged)).toEqual(expected)
  await liveAgain.close()
  await Promise.all([broker.drain(), secondBroker.drain(), sql.end(), damaged.end()])
})

test('rows whose events EVENTS no longer holds are kept, later events are folded onto them, and erasures are told meanwhile', async () => {
  await using nats = await startNats()
  await using db = await cloneDatabase()
  const sql = postgres(db.urlFor('wagate_projector'), { max: 3, onnotice: () => {} })
  const other = postgres(db.urlFor('wagate_keeper'), { max: 1, onnotice: () => {} })
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger() })
  await broker.provision(4)
  const live = await startLive(broker, sql)
  const [quiet, lively] = [createStory('quiet'), createStory('lively')]
  const phone = { phone: '+999100200300' }
  const old = [quiet, lively].flatMap((story, n) => [
    story.created(),
    story.connected(phone),
    story.sent(messageIdOf(n, story.sessionId), phone),
  ])
  await publish(broker, old)
  await waitFor(() => live.events() === old.length)
  const before = await readViews(sql)
  const recent = [lively.delivered(messageIdOf(1, lively.sessionId), phone), lively.closed()]
  await publish(broker, recent)
  await waitFor(() => live.events() === old.length + recent.length)
  const expected = await readViews(sql)
  await broker.purgeSubject('EVENTS', 'evt.>', { beforeSeq: old.length + 1 })

  /** Whether an erasure that looks for the last time would have to wait. */
  const isTold = async () => {
    const [row] = await other<{ free: boolean }[]>`select pg_try_advisory_xact_lock_shared(${rebuildLock}) as free`
    return row?.free === false
  }
  const told: boolean[] = []
  const readSubject: typeof broker.readSubject = async function* (stream, subject, options) {
    if (options?.fromSeq !== undefined) told.push(await isTold())
    yield* broker.readSubject(stream, subject, options)
  }
  await rebuildViews({ sql, broker: { readSubject }, logger: silentLogger() }, views)
  expect([told.length > 0, told.every(Boolean), await isTold()]).toEqual([true, true, false])
  const after = await readViews(sql)
  expect(after).toEqual(expected)
  expect(after.sessions.find((row) => row.session_id === quiet.sessionId)).toEqual(
    before.sessions.find((row) => row.session_id === quiet.sessionId),
  )
  await live.close()
  await Promise.all([broker.drain(), sql.end(), other.end()])
})

test('what retention removed does not come back, though EVENTS still holds it', async () => {
  await using nats = await startNats()
  await using db = await cloneDatabase()
  const sql = postgres(db.urlFor('wagate_projector'), { max: 3, onnotice: () => {} })
  const admin = postgres(db.url, { max: 1 })
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger() })
  await broker.provision(4)
  const live = await startLive(broker, sql)
  const [ours, theirs] = [createStory('ours', 'ten_ours'), createStory('theirs', 'ten_theirs')]
  const events = [ours, theirs].flatMap((story) => [
    story.created(),
    story.sent(messageIdOf(1, story.sessionId), { phone: '+999100' }),
    story.sent(messageIdOf(1_000, story.sessionId), { phone: '+999200' }),
  ])
  await publish(broker, events)
  await waitFor(() => live.events() === events.length)
  await live.close()
  const before = timeOf(500)
  await admin`insert into retention (tenant_id, messages_before, chats_before) values ('ten_ours', ${before}, ${timeOf(0)})`
  await admin`delete from message_view where tenant_id = 'ten_ours' and created_at < ${before}`
  const expected = await readViews(sql)
  expect(expected.messages).toHaveLength(3)
  await rebuildViews({ sql, broker, logger: silentLogger() }, views)
  expect((await readViews(sql)).messages).toEqual(expected.messages)
  await admin`update retention set chats_before = now()`
  await rebuildViews({ sql, broker, logger: silentLogger() }, views)
  expect((await readViews(sql)).chats.map((chat) => chat.tenant_id)).toEqual(['ten_theirs', 'ten_theirs'])
  await Promise.all([broker.drain(), sql.end(), admin.end()])
})

test('an account whose own old events are gone keeps what they told, and so does one that has none left', async () => {
  await using nats = await startNats()
  await using db = await cloneDatabase()
  const sql = postgres(db.urlFor('wagate_projector'), { max: 3, onnotice: () => {} })
  const admin = postgres(db.url, { max: 1 })
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger() })
  await broker.provision(4)
  const live = await startLive(broker, sql)
  const [long, short, gone] = ['long', 'short', 'gone'].map((name) => createStory(name, `ten_${name}`)) as [
    ReturnType<typeof createStory>,
    ReturnType<typeof createStory>,
    ReturnType<typeof createStory>,
  ]
  const phone = { phone: '+999100200300' }
  const events = [long, short, gone].flatMap((story) => [
    story.created(),
    story.connected(phone),
    story.sent(messageIdOf(1, story.sessionId), phone),
  ])
  const recent = [short.delivered(messageIdOf(1, short.sessionId), phone), short.disconnected()]
  await publish(broker, [...events, ...recent])
  await waitFor(() => live.events() === events.length + recent.length)
  await live.close()
  const expected = await readViews(sql)
  for (const tenant of ['ten_short', 'ten_gone']) {
    await broker.purgeSubject('EVENTS', eventsOfTenant(tenant), { beforeSeq: events.length + 1 })
    await admin`insert into retention (tenant_id, messages_before) values (${tenant}, ${timeOf(0)})`
  }
  await rebuildViews({ sql, broker, logger: silentLogger() }, views)
  const { sessions, chats, messages } = await readViews(sql)
  expect({ sessions, chats, messages }).toEqual({
    ...{ sessions: expected.sessions, chats: expected.chats, messages: expected.messages },
  })
  await Promise.all([broker.drain(), sql.end(), admin.end()])
})
