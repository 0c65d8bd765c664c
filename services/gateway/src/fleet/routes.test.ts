import type { Failover, PoolCapacity, Worker } from '@wagate/api/admin.ts'
import type { Page } from '@wagate/api/paging.ts'
import type { FailoverRecord } from '@wagate/messages/fleet.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'

const workerPath = '/v1/admin/workers/wrk_0123456789abcdef'

test('an order to a worker is stored with who gave it, and shown at once', async () => {
  const world = await createWorld()
  const drained = await world.request(world.operatorKey, 'POST', `${workerPath}/drain`)
  expect(drained.status).toBe(202)
  const list = await world.request(world.operatorKey, 'GET', '/v1/admin/workers')
  const { data } = (await list.json()) as { data: Worker[] }
  expect(data).toMatchObject([{ id: 'wrk_0123456789abcdef', desired: 'drained', state: 'active', sessions: 4 }])
  expect(world.deps.fleet.orderFor('wrk_0123456789abcdef')?.by).toMatch(/^[0-9A-Za-z]{8}$/)
  await world.request(world.operatorKey, 'POST', `${workerPath}/undrain`)
  expect(world.deps.fleet.orderFor('wrk_0123456789abcdef')?.desired).toBe('active')
})

test('failovers are listed newest first, page by page', async () => {
  const world = await createWorld()
  const failover = (n: number): FailoverRecord => ({
    v: 1,
    failoverId: `fov_${n}`,
    at: new Date().toISOString(),
    reason: 'worker_lost',
    from: 'wrk_a',
    to: 'wrk_b',
    host: 'node-b',
    partitions: ['s1'],
    sessions: n,
    ...(n === 2 ? {} : { durationMs: 1_000 * n }),
  })
  for (const n of [1, 2, 3]) await world.failovers.put(`fov_${n}`, Buffer.from(JSON.stringify(failover(n))))
  const read = async (query: string) =>
    (await (await world.request(world.operatorKey, 'GET', `/v1/admin/failovers?${query}`)).json()) as Page<Failover>
  const first = await read('limit=2')
  expect(first.data.map(({ id, duration_ms }) => [id, duration_ms])).toEqual([
    ['fov_3', 3_000],
    ['fov_2', null],
  ])
  const second = await read(`limit=2&cursor=${first.next_cursor}`)
  expect(second).toMatchObject({ data: [{ id: 'fov_1' }], next_cursor: null })
})

test('capacity counts the sessions of every tenant', async () => {
  const world = await createWorld()
  const answer = await world.request(world.operatorKey, 'GET', '/v1/admin/capacity')
  const { data } = (await answer.json()) as { data: PoolCapacity[] }
  expect(data).toMatchObject([{ pool: 'shared', workers: 1, capacity: 1_000, shortage_workers: 1 }])
  expect(data[0]?.sessions).toBeGreaterThan(3)
})
