import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createInTenant } from '../postgres/in-tenant.ts'
import { newId, type Surroundings, startSurroundings } from '../testing/gateway-process.ts'
import { noLevels } from './levels.ts'
import { createServiceLevelStore, type ServiceLevelStore } from './store.ts'

let surroundings: Surroundings
let projector: postgres.Sql
let store: ServiceLevelStore
const stack = new AsyncDisposableStack()

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  projector = postgres(surroundings.database.urlFor('wagate_projector'), { max: 1 })
  stack.defer(() => projector.end())
  store = createServiceLevelStore(surroundings.sql, createInTenant(surroundings.sql, 4_000))
})
afterAll(() => stack.disposeAsync())

/** What the projector would write. */
const served = (tenantId: string, day: string, more: Record<string, unknown>) =>
  projector`insert into service_day ${projector({
    ...{
      tenant_id: tenantId,
      day,
      session_id: newId('session'),
      mode: 'live',
      first_sequence: 1,
      stream_seq: 1,
      ...more,
    },
  })}`
const used = (tenantId: string, day: string, more: Record<string, unknown>) =>
  projector`insert into usage_day ${projector({
    ...{ tenant_id: tenantId, day, session_id: newId('session'), message_type: 'text', mode: 'live' },
    ...{ first_sequence: 1, stream_seq: 1, ...more },
  })}`
const isNow = (tenantId: string, availability: string, since: Date, mode = 'live') =>
  projector`insert into session_view ${projector({
    ...{ tenant_id: tenantId, session_id: newId('session'), mode, status: 'connected', created_at: since },
    ...{ changed_at: since, sequence: 1, first_stream_seq: 1, stream_seq: 1 },
    ...{ availability, availability_since: since, known_sequence: 1 },
  })}`

test('what ended, what goes on, and what became of messages are summed by day and mode', async () => {
  const tenantId = await surroundings.addTenant()
  await served(tenantId, '2026-03-01', { up_ms: 1_000, down_ms: 10, links_tried: 1, migrations: 2, migrations_made: 1 })
  await served(tenantId, '2026-03-01', { up_ms: 500, excused_ms: 7, links_tried: 2, links_made: 1, link_ms: 30 })
  await served(tenantId, '2026-03-01', { up_ms: 9, mode: 'test' })
  await served(tenantId, '2026-03-03', { up_ms: 9 })
  await used(tenantId, '2026-03-01', { sent: 4, failed: 1 })
  await used(tenantId, '2026-03-02', { message_type: '', delivered: 3 })
  const shown = await store.read(tenantId, 'live', { from: '2026-03-01', to: '2026-03-02' })
  expect(shown.toSorted((a, b) => (a.day < b.day ? -1 : 1))).toEqual([
    {
      ...{ day: '2026-03-01', upMs: 1_500, downMs: 10, excusedMs: 7, linksTried: 3, linksMade: 1, linkMs: 30 },
      ...{ migrations: 2, migrationsMade: 1, migrationsInTime: 0, sent: 4, delivered: 0, failed: 1 },
    },
    { day: '2026-03-02', ...noLevels, delivered: 3 },
  ])
})

test('of every account there is one line, and row-level security holds for each', async () => {
  const range = { from: '2025-03-01', to: '2025-03-31' }
  const [ours, theirs, silent] = [
    await surroundings.addTenant(),
    await surroundings.addTenant(),
    await surroundings.addTenant(),
  ]
  await served(ours, '2025-03-01', { up_ms: 100 })
  await served(ours, '2025-03-31', { up_ms: 11, down_ms: 5 })
  await served(ours, '2025-04-01', { down_ms: 1_000 })
  await served(ours, '2025-03-02', { down_ms: 1_000, mode: 'test' })
  await served(theirs, '2025-03-05', { down_ms: 3 })
  await used(theirs, '2025-03-05', { sent: 2 })
  const shown = await store.readAll(range)
  const of = (tenantId: string) => shown.find((one) => one.tenantId === tenantId)
  expect(of(ours)).toEqual({ tenantId: ours, ...noLevels, upMs: 111, downMs: 5 })
  expect(of(theirs)).toEqual({ tenantId: theirs, ...noLevels, downMs: 3, sent: 2 })
  expect(of(silent)).toBeUndefined()
})

test('what goes on is counted up to now, on every day of it and on no other', async () => {
  const tenantId = await surroundings.addTenant()
  const [hour, day] = [3_600_000, 86_400_000]
  const midnightMs = Math.floor(Date.now() / day) * day
  await isNow(tenantId, 'up', new Date(midnightMs - 2 * day + hour))
  await isNow(tenantId, 'excused', new Date(midnightMs - day))
  await isNow(tenantId, 'up', new Date(midnightMs - day), 'test')
  const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10)
  const shown = await store.read(tenantId, 'live', { from: dayOf(midnightMs - 5 * day), to: dayOf(midnightMs - day) })
  expect(shown.toSorted((a, b) => (a.day < b.day ? -1 : 1))).toEqual([
    { day: dayOf(midnightMs - 2 * day), ...noLevels, upMs: 23 * hour },
    { day: dayOf(midnightMs - day), ...noLevels, upMs: day, excusedMs: day },
  ])
})
