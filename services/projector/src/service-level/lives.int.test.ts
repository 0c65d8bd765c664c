import type { Event } from '@wagate/messages/events.ts'
import { type Broker, connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import fc from 'fast-check'
import postgres, { type Sql } from 'postgres'
import { expect, test } from 'vitest'
import { rebuildViews } from '../rebuild-views.ts'
import { createStory } from '../testing/events.ts'
import { publish, startLive } from '../testing/live.ts'
import { anyStep, countLife, lifeInRows, lifeOf, withoutZeros } from '../testing/service-life.ts'
import type { ServiceRow } from './days.ts'

type World = {
  sql: Sql
  broker: Broker
  live: Awaited<ReturnType<typeof startLive>>
  url: (role: 'wagate_api') => string
}

/** A broker, a database, and the projector between them. */
async function withProjector(run: (world: World) => Promise<void>): Promise<void> {
  await using nats = await startNats()
  await using db = await cloneDatabase()
  const sql = postgres(db.urlFor('wagate_projector'), { max: 3, onnotice: () => {} })
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger() })
  await broker.provision(4)
  const live = await startLive(broker, sql)
  await run({ sql, broker, live, url: db.urlFor })
  await live.close()
  await Promise.all([broker.drain(), sql.end()])
}

const rebuild = ({ sql, broker }: World) =>
  rebuildViews({ sql, broker, logger: silentLogger() }, ['session_view', 'service_day'])

async function readService(sql: Sql): Promise<ServiceRow[]> {
  const found = await sql<{ row: ServiceRow }[]>`
    select to_json(v) as row from service_day v order by tenant_id, day, session_id`
  return [...found].map(({ row }) => row)
}

const lives = fc
  .sample(fc.array(anyStep, { minLength: 10, maxLength: 40 }), { numRuns: 12, seed: 20_261_121 })
  .map((steps, n) => lifeOf(steps, `life${n}`, `ten_${n % 3}`))
/** Those of all sessions side by side, some of them told twice. */
const told = lives
  .flat()
  .toSorted((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.sequence - b.sequence))
  .flatMap((event, n) => (n % 7 === 0 ? [event, event] : [event]))
const expected = withoutZeros(Object.assign({}, ...lives.map(countLife)))

test('sessions that come and go have the figures of a direct count; replayed twice, with damage in between, the same', async () => {
  await withProjector(async (world) => {
    const { sql, broker, live } = world
    await publish(broker, told)
    await waitFor(() => live.events() + live.repeats() === told.length, { deadlineMs: 50_000 })
    const before = await readService(sql)
    expect(lifeInRows(before)).toEqual(expected)
    const sessions = await sql`select * from session_view order by session_id`
    await rebuild(world)
    expect(await readService(sql)).toEqual(before)
    await sql`update service_day set up_ms = up_ms + 7, links_tried = 9 where day < '2026-11-03'`
    await sql`delete from service_day where day = '2026-11-04'`
    await rebuild(world)
    expect(await readService(sql)).toEqual(before)
    expect(await sql`select * from session_view order by session_id`).toEqual(sessions)
  })
})

test('a rebuild lowers no figure of which EVENTS forgot a part, and keeps what goes on', async () => {
  await withProjector(async (world) => {
    const { sql, broker, live } = world
    await publish(broker, told)
    await waitFor(() => live.events() + live.repeats() === told.length, { deadlineMs: 50_000 })
    const [rows, sessions] = [await readService(sql), await readStates(sql)]
    await broker.purgeSubject('EVENTS', 'evt.>', { beforeSeq: Math.floor(told.length / 2) })
    await rebuild(world)
    expect(await readService(sql)).toEqual(rows)
    expect(await readStates(sql)).toEqual(sessions)
  })
})

const readStates = (sql: Sql) =>
  sql`select session_id, availability, availability_since from session_view order by session_id`

test('a session that was connected days ago, and of which nothing was heard since, is up on every day until now', async () => {
  await withProjector(async ({ sql, broker, live, url }) => {
    const [hour, day] = [3_600_000, 86_400_000]
    const nowMs = Date.now()
    const startMs = Math.floor(nowMs / day) * day - 3 * day + 6 * hour
    const story = createStory('quiet', 'ten_quiet', () => new Date(startMs).toISOString())
    const account = { phone: '+999100200300' }
    const events: Event[] = [story.created('live'), story.connected(account)]
    await publish(broker, events)
    await waitFor(() => live.events() === events.length)
    expect(await readService(sql)).toEqual([])
    const api = postgres(url('wagate_api'), { max: 1 })
    const seenBy = (tenantId: string) =>
      api.begin(async (tx) => {
        await tx`select set_config('app.tenant_id', ${tenantId}, true)`
        return tx<{ up: number }[]>`
          select up_ms as up from service_level_day where mode = 'live' order by day`
      })
    const shown = (await seenBy('ten_quiet')).map(({ up }) => up)
    expect(shown.slice(0, 3)).toEqual([18 * hour, day, day])
    const today = shown.slice(3).reduce((sum, up) => sum + up, 0)
    expect(Math.abs(today - (nowMs - (startMs - 6 * hour) - 3 * day))).toBeLessThan(hour)
    expect(await seenBy('ten_other')).toEqual([])
    await api.end()
  })
})
