import { waitFor } from '@wagate/testing/wait-for.ts'
import fc from 'fast-check'
import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createInTenant } from '../postgres/in-tenant.ts'
import { newId, type Surroundings, startGateway, startSurroundings } from '../testing/gateway-process.ts'
import { daysOf } from './range.ts'
import { createUsageStore } from './store.ts'

let surroundings: Surroundings
let projector: postgres.Sql
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  projector = postgres(surroundings.database.urlFor('wagate_projector'), { max: 1 })
  stack.defer(() => projector.end())
})
afterAll(() => stack.disposeAsync())

async function tenantAt(gateway: Awaited<ReturnType<typeof startGateway>>, mode: 'test' | 'live' = 'test') {
  const tenantId = await surroundings.addTenant()
  const { apiKey } = await surroundings.addKey(tenantId, mode)
  const client = gateway.client(apiKey)
  await waitFor(() => client.listSessions())
  return { tenantId, apiKey, client }
}

/** What the projector would write. */
const used = (tenantId: string, day: string, more: Record<string, unknown>) =>
  projector`insert into usage_day ${projector({
    ...{ tenant_id: tenantId, day, session_id: newId('session'), message_type: 'text', mode: 'test' },
    ...{ first_sequence: 1, stream_seq: 1, ...more },
  })}`
const existed = (tenantId: string, created_at: string, deleted_at: string | null = null, mode = 'test') =>
  projector`insert into session_view ${projector({
    ...{ tenant_id: tenantId, session_id: newId('session'), mode, status: 'connected', created_at, deleted_at },
    ...{ changed_at: created_at, sequence: 1, first_stream_seq: 1, stream_seq: 1 },
  })}`

test("the figures of a tenant's sessions are summed by day, in the key's mode, and no other tenant's are among them", async () => {
  await using gateway = await startGateway(surroundings)
  const [ours, theirs] = [await tenantAt(gateway), await tenantAt(gateway)]
  await used(ours.tenantId, '2026-03-01', { sent: 2, received: 1 })
  await used(ours.tenantId, '2026-03-01', { sent: 3, failed: 1, media_bytes_sent: 10 })
  await used(ours.tenantId, '2026-03-01', { message_type: '', delivered: 4 })
  await used(ours.tenantId, '2026-03-01', { mode: 'live', sent: 100 })
  await used(ours.tenantId, '2026-03-31', { message_type: 'unsupported', received: 9 })
  await used(ours.tenantId, '2026-04-01', { sent: 100 })
  await used(ours.tenantId, '2026-02-28', { sent: 100 })
  await used(theirs.tenantId, '2026-03-01', { sent: 100 })
  const shown = await ours.client.getUsage({ from: '2026-03-01', to: '2026-03-31' })
  expect(shown.total.messages).toMatchObject({ sent: 5, received: 10, failed: 1, delivered: 4 })
  expect(shown.total.media_bytes).toEqual({ sent: 10, received: 0 })
  expect(shown.days[0]).toMatchObject({ date: '2026-03-01', messages: { sent: 5, received: 1, delivered: 4 } })
  expect(shown.days.at(-1)).toMatchObject({ date: '2026-03-31', messages: { sent: 0, received: 9 } })
  const csv = await ours.client.getUsageCsv({ from: '2026-03-01', to: '2026-03-31' })
  expect(csv.split('\r\n')).toHaveLength(33)
  expect(csv.split('\r\n')[1]).toMatch(/^2026-03-01,test,0,5,0,1,4,/)
})

test('sessions are the most that existed at one moment of the day', async () => {
  await using gateway = await startGateway(surroundings)
  const { tenantId, client } = await tenantAt(gateway)
  await existed(tenantId, '2026-01-10T08:00:00Z')
  await existed(tenantId, '2026-03-02T10:00:00Z', '2026-03-02T11:00:00Z')
  await existed(tenantId, '2026-03-02T11:00:00Z', '2026-03-04T00:00:00Z') // in its place, up to the end of the third
  await existed(tenantId, '2026-03-05T23:59:59.999Z')
  await existed(tenantId, '2026-03-01T00:00:00Z', null, 'live')
  await existed(tenantId, '2026-01-01T00:00:00Z', '2026-02-27T00:00:00Z')
  const { days, total } = await client.getUsage({ from: '2026-03-01', to: '2026-03-06' })
  expect(days.map(({ sessions }) => sessions)).toEqual([1, 2, 2, 1, 2, 2])
  expect(total.sessions).toBe(2)
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10)
  const ahead = await client.getUsage({ from: tomorrow, to: tomorrow })
  expect(ahead.total.sessions).toBe(0)
})

test('whatever sessions come and go, their number is that of a count at every moment', async () => {
  const store = createUsageStore(createInTenant(surroundings.sql, 4_000))
  const range = { from: '2026-03-01', to: '2026-03-05' }
  const at = (hour: number) => Date.parse('2026-02-27T00:00:00Z') + hour * 3_600_000
  // Full hours, so that many things happen at one moment, midnights among them; some before the range and some behind it.
  const life = fc.record({ from: fc.nat(200), hours: fc.option(fc.integer({ min: 0, max: 60 })) })
  await fc.assert(
    fc.asyncProperty(fc.array(life, { maxLength: 25 }), async (lives) => {
      const tenantId = newId('tenant')
      const spans = lives.map(({ from, hours }) => ({ from: at(from), to: hours === null ? null : at(from + hours) }))
      for (const { from, to } of spans)
        await existed(tenantId, new Date(from).toISOString(), to === null ? null : new Date(to).toISOString())
      const existing = (moment: number) =>
        spans.filter(({ from, to }) => from <= moment && (to === null || to > moment)).length
      const counted = daysOf(range).map((day) =>
        Math.max(...Array.from({ length: 24 }, (_, hour) => existing(Date.parse(day) + hour * 3_600_000))),
      )
      const { sessions } = await store.read(tenantId, 'test', range, range.to)
      const mostOn = new Map(sessions.map(({ day, most }) => [day, most]))
      expect(daysOf(range).map((day) => mostOn.get(day) ?? 0)).toEqual(counted)
    }),
    { numRuns: 25 },
  )
})

test('calls to several gateways are counted once each, also while PostgreSQL is away', async () => {
  await using first = await startGateway(surroundings)
  await using second = await startGateway(surroundings)
  const { tenantId, apiKey } = await tenantAt(first)
  const other = await surroundings.addKey(tenantId, 'live')
  const before = 1 // that of tenantAt which was answered
  for (let n = 0; n < 5; n++) await first.client(apiKey).listSessions()
  surroundings.postgresGate.close()
  for (let n = 0; n < 3; n++) await second.client(apiKey).listSessions()
  for (let n = 0; n < 2; n++) await second.client(other.apiKey).listSessions()
  await expect(second.client(apiKey).getSession('ses_none')).rejects.toMatchObject({ problem: { status: 404 } })
  await expect(second.client(apiKey).getUsage()).rejects.toMatchObject({ problem: { code: 'views-unavailable' } })
  surroundings.postgresGate.reopen()
  await first.stop()
  await second.stop()

  await using third = await startGateway(surroundings)
  await waitFor(() => third.client(apiKey).getUsage())
  const ofDays = async (key: string) => {
    const [yesterday, today] = [Date.now() - 86_400_000, Date.now()].map((at) =>
      new Date(at).toISOString().slice(0, 10),
    )
    const { total } = await third.client(key).getUsage({ from: yesterday ?? '', to: today ?? '' })
    return total.api_calls
  }
  expect(await ofDays(apiKey)).toEqual({
    total: before + 10,
    succeeded: before + 8,
    refused: 1,
    rate_limited: 0,
    failed: 1,
  })
  expect(await ofDays(other.apiKey)).toEqual({ total: 2, succeeded: 2, refused: 0, rate_limited: 0, failed: 0 })
})

test('totals that are written again, or late, change nothing', async () => {
  const tenantId = await surroundings.addTenant()
  const store = createUsageStore(createInTenant(surroundings.sql, 4_000))
  const write = (gatewayId: string, succeeded: number) =>
    store.writeCalls(tenantId, gatewayId, [
      { mode: 'test', day: '2026-03-01', succeeded, refused: 1, rateLimited: 0, failed: 0 },
    ])
  for (const [gatewayId, succeeded] of [
    ['gw_a', 5],
    ['gw_a', 5],
    ['gw_b', 7],
    ['gw_a', 3],
  ] as const)
    await write(gatewayId, succeeded)
  const stored = await store.read(tenantId, 'test', { from: '2026-03-01', to: '2026-03-01' }, '2026-03-02')
  expect(stored.calls).toEqual([{ day: '2026-03-01', succeeded: 12, refused: 2, rateLimited: 0, failed: 0 }])
})
