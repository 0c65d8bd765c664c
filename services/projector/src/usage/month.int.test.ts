import { type Broker, connectBroker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import { startNats } from '@wagate/testing/nats.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import postgres, { type Sql } from 'postgres'
import { expect, test } from 'vitest'
import { rebuildViews } from '../rebuild-views.ts'
import { countByHourDirectly, hoursOf, readHours } from '../testing/hours.ts'
import { publish, startLive } from '../testing/live.ts'
import { countDirectly, monthOfEvents } from '../testing/month.ts'
import { figuresByDay, readUsage } from '../testing/usage.ts'

const month = monthOfEvents({ seed: 20_261_120, tenants: 4, sessionsPerTenant: 5, messagesPerSession: 150 })
const expected = countDirectly(month)

type World = { sql: Sql; broker: Broker; url: (role: 'wagate_api') => string }

/** The month, published to a broker and projected as it comes. */
async function withMonth(run: (world: World) => Promise<void>): Promise<void> {
  await using nats = await startNats()
  await using db = await cloneDatabase()
  const sql = postgres(db.urlFor('wagate_projector'), { max: 3, onnotice: () => {} })
  const broker = await connectBroker({ servers: [nats.url], name: 'test', logger: silentLogger() })
  await broker.provision(4)
  const live = await startLive(broker, sql)
  await publish(broker, month)
  await waitFor(() => live.events() + live.repeats() === month.length, { deadlineMs: 50_000 })
  expect(live.repeats()).toBeGreaterThan(100)
  await live.close()
  await run({ sql, broker, url: db.urlFor })
  await Promise.all([broker.drain(), sql.end()])
}

const rebuild = ({ sql, broker }: World) =>
  rebuildViews({ sql, broker, logger: silentLogger() }, ['usage_day', 'message_hour'])
const figuresOf = async ({ sql }: World) => figuresByDay(await readUsage(sql))

test('a month of events gives the figures of a direct count; replayed twice, with damage in between, it gives the same', async () => {
  expect(Object.keys(expected).length).toBeGreaterThan(4 * 25)
  await withMonth(async (world) => {
    expect(await figuresOf(world)).toEqual(expected)
    const live = await readUsage(world.sql)
    const hours = await readHours(world.sql)
    expect(hoursOf(hours)).toEqual(countByHourDirectly(month))
    await rebuild(world)
    expect(await readUsage(world.sql)).toEqual(live)
    expect(await readHours(world.sql)).toEqual(hours)

    const { sql } = world
    await sql`update usage_day set sent = sent + 7, read = 0 where day < '2026-11-05'`
    await sql`delete from usage_day where day = '2026-11-10'`
    await sql`update message_hour set sent = sent + 7, read = 0 where hour < '2026-11-05'`
    await sql`delete from message_hour where hour > '2026-11-10'`
    await sql`update usage_day set day = '2026-09-01' where day = '2026-11-12'`
    expect(await figuresOf(world)).not.toEqual(expected)
    await rebuild(world)
    expect(await readUsage(sql)).toEqual(live)
    expect(await readHours(sql)).toEqual(hours)

    const api = postgres(world.url('wagate_api'), { max: 1 })
    const seen = await api.begin(async (tx) => {
      await tx`select set_config('app.tenant_id', 'ten_1', true)`
      return tx`select distinct tenant_id from usage_day`
    })
    expect(seen).toEqual([{ tenant_id: 'ten_1' }])
    await api.end()
  })
})

test('a rebuild lowers no figure of which EVENTS forgot a part, and mends those that it still has whole', async () => {
  await withMonth(async (world) => {
    const { sql, broker } = world
    const before = await readUsage(sql)
    const hoursBefore = await readHours(sql)
    const half = Math.floor(month.length / 2)
    await broker.purgeSubject('EVENTS', 'evt.>', { beforeSeq: half })
    await rebuild(world)
    expect(await readUsage(sql)).toEqual(before)
    expect(await readHours(sql)).toEqual(hoursBefore)

    // What happened on one of the last days is all there; of the day of the purge a part is gone, of those before everything.
    const purgedOn = month[half]?.time.slice(0, 10) ?? ''
    await sql`update usage_day set sent = sent + 1 where day > ${purgedOn}`
    await sql`update usage_day set received = received + 1 where day < ${purgedOn}`
    await rebuild(world)
    const mended = before.map((row) => (row.day < purgedOn ? { ...row, received: row.received + 1 } : row))
    expect(await readUsage(sql)).toEqual(mended)
  })
})
