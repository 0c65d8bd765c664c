// The log in the real table, as the gateway's role may write and read it.
import { openPostgres } from '@wagate/runtime/postgres.ts'
import { cloneDatabase } from '@wagate/testing/postgres.ts'
import { expect, test } from 'vitest'
import { createInTenant } from '../postgres/in-tenant.ts'
import type { NewRequest } from './log.ts'
import { createRequestStore, createRequestWriter } from './store.ts'

async function openWorld() {
  const stack = new AsyncDisposableStack()
  const database = stack.use(await cloneDatabase())
  const sql = openPostgres({ url: database.urlFor('wagate_api'), applicationName: 'test', max: 2 })
  const admin = openPostgres({ url: database.url, applicationName: 'test', max: 1 })
  stack.defer(() => Promise.all([sql.end({ timeout: 1 }), admin.end({ timeout: 1 })]).then(() => {}))
  return {
    admin,
    store: createRequestStore(createInTenant(sql, 5_000)),
    writer: createRequestWriter(sql, 5_000),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  }
}

const now = Date.now()
const request = (n: number, over: Partial<NewRequest> = {}): NewRequest => ({
  ...{
    entryId: `rec_${String(n).padStart(4, '0')}`,
    id: `req_${n}`,
    mode: 'test',
    method: 'GET',
    status: 200,
    problem: null,
  },
  ...{ at: new Date(now - 10_000 + n).toISOString(), route: '/v1/sessions', path: '/v1/sessions', duration_ms: 1.5 },
  ...{ actor: { kind: 'key', id: 'Ab12Cd34' }, address: '203.0.113.0/24', user_agent: 'a "quoted" agent' },
  ...over,
})
const all = { limit: 50, after: undefined }

test('a batch of several accounts is written at once, and each reads its own, in its mode', async () => {
  await using world = await openWorld()
  await world.writer.tend(3)
  const live = request(3, { mode: 'live' })
  await world.writer.write(
    new Map([
      ['ten_a', [request(1), request(2), live]],
      ['ten_b', [request(4)]],
    ]),
  )
  const read = async (tenantId: string, mode: 'test' | 'live') =>
    (await world.store.list(tenantId, mode, {}, all)).map(({ item }) => item)
  const { entryId: _, mode: __, ...shown } = request(2)
  expect(await read('ten_a', 'test')).toMatchObject([shown, { id: 'req_1' }])
  expect(await read('ten_a', 'live')).toMatchObject([{ id: 'req_3' }])
  expect(await read('ten_b', 'test')).toMatchObject([{ id: 'req_4' }])
  expect(await world.store.find('ten_a', 'test', 'req_1')).toMatchObject({
    id: 'req_1',
    user_agent: 'a "quoted" agent',
  })
  expect(await world.store.find('ten_b', 'test', 'req_1')).toBeUndefined()
  expect(await world.store.find('ten_a', 'live', 'req_1')).toBeUndefined()
})

test('requests are found by status, route, method and who asked, and pages hold each once', async () => {
  await using world = await openWorld()
  await world.writer.tend(3)
  const rows = [
    request(1),
    request(2, { status: 404, problem: 'session-not-found' }),
    request(3, { method: 'POST', status: 503 }),
    request(4, { route: '/v1/chats', actor: { kind: 'person', id: 'per_1' } }),
    request(4, { entryId: 'rec_0005', id: 'req_5', status: 499 }),
  ]
  await world.writer.write(new Map([['ten_a', rows]]))
  const ids = async (filter: Parameters<typeof world.store.list>[2]) =>
    (await world.store.list('ten_a', 'test', filter, all)).map(({ item }) => item.id)
  expect(await ids({ statusClass: 4 })).toEqual(['req_5', 'req_2'])
  expect(await ids({ method: 'POST' })).toEqual(['req_3'])
  expect(await ids({ route: '/v1/chats' })).toEqual(['req_4'])
  expect(await ids({ actor: 'per_1' })).toEqual(['req_4'])
  expect(await ids({ actorKind: 'key' })).toEqual(['req_5', 'req_3', 'req_2', 'req_1'])
  const first = await world.store.list('ten_a', 'test', {}, { limit: 2, after: undefined })
  const rest = await world.store.list('ten_a', 'test', {}, { limit: 10, after: first[1]?.position })
  expect([...first.slice(0, 2), ...rest].map(({ item }) => item.id)).toEqual([
    'req_5',
    'req_4',
    'req_3',
    'req_2',
    'req_1',
  ])
})

test('days are made ahead, old ones are dropped, and doing it again changes nothing', async () => {
  await using world = await openWorld()
  const days = async () =>
    (
      await world.admin<{ name: string }[]>`select inhrelid::regclass::text as name from pg_inherits
      where inhparent = 'request_log'::regclass order by 1`
    ).map(({ name }) => name)
  await Promise.all([world.writer.tend(3), world.writer.tend(3)])
  const made = await days()
  expect(made).toHaveLength(3)
  await world.admin`create table request_log_2026_01_01 partition of request_log for values from ('2026-01-01') to ('2026-01-02')`
  await world.writer.tend(3)
  expect(await days()).toEqual(made)
  await expect(world.writer.tend(0)).rejects.toThrow('for a day at least')
})
