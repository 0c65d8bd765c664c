import postgres from 'postgres'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createInTenant } from '../postgres/in-tenant.ts'
import { newId, type Surroundings, startSurroundings } from '../testing/gateway-process.ts'
import { rangeOf } from './range.ts'
import { type AnalyticsStore, createAnalyticsStore } from './store.ts'

let surroundings: Surroundings
let projector: postgres.Sql
let store: AnalyticsStore
const stack = new AsyncDisposableStack()
const now = new Date('2026-11-20T12:00:00.000Z')

beforeAll(async () => {
  surroundings = stack.use(await startSurroundings())
  projector = postgres(surroundings.database.urlFor('wagate_projector'), { max: 1 })
  stack.defer(() => projector.end())
  store = createAnalyticsStore(createInTenant(surroundings.sql, 4_000))
})
afterAll(() => stack.disposeAsync())

const counted = (tenantId: string, hour: string, more: Record<string, unknown>) =>
  projector`insert into message_hour ${projector({
    ...{ tenant_id: tenantId, hour, session_id: newId('session'), mode: 'live', first_sequence: 1, stream_seq: 1 },
    ...more,
  })}`

test('sessions are summed by hour or day, of one mode, one account, and one session if asked', async () => {
  const [tenantId, another] = [await surroundings.addTenant(), await surroundings.addTenant()]
  const sessionId = newId('session')
  await counted(tenantId, '2026-11-20T09:00:00Z', { sent: 3, delivered: 2, session_id: sessionId })
  await counted(tenantId, '2026-11-20T09:00:00Z', { sent: 4, received: 1 })
  await counted(tenantId, '2026-11-20T10:00:00Z', { failed: 1, session_id: sessionId })
  await counted(tenantId, '2026-11-20T11:00:00Z', { sent: 100 }) // behind the range
  await counted(tenantId, '2026-11-20T09:00:00Z', { sent: 50, mode: 'test' })
  await counted(another, '2026-11-20T09:00:00Z', { sent: 70 })
  const range = { from: '2026-11-20T00:00:00Z', to: '2026-11-20T11:00:00Z' }
  const read = (interval: 'hour' | 'day', session?: string) =>
    store.read(tenantId, 'live', rangeOf({ ...range, interval }, now), session)
  const hours = (await read('hour')).toSorted((a, b) => a.atMs - b.atMs)
  expect(hours).toMatchObject([
    { atMs: Date.parse('2026-11-20T09:00:00Z'), sent: 7, delivered: 2, received: 1, failed: 0 },
    { atMs: Date.parse('2026-11-20T10:00:00Z'), sent: 0, failed: 1 },
  ])
  expect(await read('hour', sessionId)).toHaveLength(2)
  expect(await read('day')).toMatchObject([{ atMs: Date.parse('2026-11-20T00:00:00Z'), sent: 107 }])
})

test('three months of twenty sessions are one answer', async () => {
  const tenantId = await surroundings.addTenant()
  await projector`
    insert into message_hour (tenant_id, hour, session_id, mode, sent, delivered, received, first_sequence, stream_seq)
    select ${tenantId}, hour, 'ses_' || n, 'live', 50, 48, 20, 1, 1
    from generate_series(timestamptz '2026-08-21Z', '2026-11-20T23:00Z', interval '1 hour') hour, generate_series(1, 20) n`
  const startedAt = performance.now()
  const days = await store.read(tenantId, 'live', rangeOf({ from: '2026-08-21', interval: 'day' }, now), undefined)
  process.stdout.write(`\n  44,160 rows summed in ${Math.round(performance.now() - startedAt)} ms\n`)
  expect(days).toHaveLength(92)
  expect(days[0]).toMatchObject({ sent: 24 * 20 * 50, delivered: 24 * 20 * 48 })
})
