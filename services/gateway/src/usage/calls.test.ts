import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import { createMetrics } from '@wagate/runtime/metrics.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createCallCounter } from './calls.ts'

/** A counter before a table that keeps the highest totals of each process, as the real one does. */
function setUp({ maxEntries = 100 } = {}) {
  const world = { now: new Date('2026-11-20T10:00:00Z'), isDown: false, writes: 0 }
  const table = new Map<string, number[]>()
  const metrics = createMetrics({ service: 'test', processMetrics: false })
  const counter = createCallCounter({
    now: () => world.now,
    maxEntries,
    metrics,
    write: async (tenantId, rows) => {
      world.writes += 1
      if (world.isDown) throw new DatabaseUnavailable()
      for (const { mode, day, succeeded, refused, rateLimited, failed } of rows)
        table.set(`${tenantId} ${mode} ${day}`, [succeeded, refused, rateLimited, failed])
    },
  })
  const one = (status = 200, tenantId = 'ten_a', mode: 'test' | 'live' = 'test') =>
    counter.count({ tenantId, mode }, status)
  const metric = async (name: string) =>
    Number(new RegExp(`^wagate_${name}{.*} (\\d+)$`, 'm').exec(await metrics.text())?.[1])
  return { world, table, counter, one, metric }
}

test('calls are counted by tenant, mode, day and outcome', async () => {
  const { world, table, counter, one } = setUp()
  for (const status of [200, 202, 304, 404, 422, 429, 500, 503]) one(status)
  one(200, 'ten_a', 'live')
  one(200, 'ten_b')
  world.now = new Date('2026-11-21T00:00:00Z')
  one()
  await counter.flush()
  expect(Object.fromEntries(table)).toEqual({
    'ten_a test 2026-11-20': [3, 2, 1, 2],
    'ten_a live 2026-11-20': [1, 0, 0, 0],
    'ten_b test 2026-11-20': [1, 0, 0, 0],
    'ten_a test 2026-11-21': [1, 0, 0, 0],
  })
})

test('while the database is away counting goes on, and nothing is lost or written twice', async () => {
  const { world, table, counter, one, metric } = setUp()
  one()
  world.isDown = true
  await expect(counter.flush()).rejects.toThrow(DatabaseUnavailable)
  one()
  one(200, 'ten_b')
  await expect(counter.flush()).rejects.toThrow(DatabaseUnavailable)
  expect(await metric('api_call_totals_unwritten')).toBe(2)
  world.isDown = false
  await counter.flush()
  expect(table.get('ten_a test 2026-11-20')).toEqual([2, 0, 0, 0])
  expect(table.get('ten_b test 2026-11-20')).toEqual([1, 0, 0, 0])
  expect(await metric('api_call_totals_unwritten')).toBe(0)
})

test('what did not change since the last time is not written again', async () => {
  const { world, counter, one } = setUp()
  one()
  await counter.flush()
  await counter.flush()
  expect(world.writes).toBe(1)
})

test('whatever the order of calls, days, outages and flushes, in the end every call is in the table once', async () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant('call' as const), tenant: fc.constantFrom('ten_a', 'ten_b') }),
    fc.record({ kind: fc.constantFrom('flush' as const, 'next day' as const, 'down' as const, 'up' as const) }),
  )
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const { world, table, counter, one } = setUp()
      let calls = 0
      for (const each of steps) {
        if (each.kind === 'call') one(200, each.tenant)
        if (each.kind === 'call') calls++
        if (each.kind === 'next day') world.now = new Date(world.now.getTime() + 86_400_000)
        if (each.kind === 'down' || each.kind === 'up') world.isDown = each.kind === 'down'
        if (each.kind === 'flush') await counter.flush().catch(() => {})
      }
      world.isDown = false
      await counter.flush()
      expect([...table.values()].reduce((sum, [succeeded = 0]) => sum + succeeded, 0)).toBe(calls)
    }),
  )
})

test('a call that comes while its total is written is in the next one', async () => {
  const written: number[] = []
  const writing = Promise.withResolvers<void>()
  const metrics = createMetrics({ service: 'test', processMetrics: false })
  const counter = createCallCounter({
    now: () => new Date('2026-11-20T10:00:00Z'),
    metrics,
    write: async (_, rows) => {
      written.push(...rows.map(({ succeeded }) => succeeded))
      await writing.promise
    },
  })
  counter.count({ tenantId: 'ten_a', mode: 'test' }, 200)
  const flushing = counter.flush()
  counter.count({ tenantId: 'ten_a', mode: 'test' }, 200)
  writing.resolve()
  await flushing
  await counter.flush()
  expect(written).toEqual([1, 2])
})

test('memory is bounded: without room a call is told as uncounted, and days that were written make room', async () => {
  const { world, table, counter, one, metric } = setUp({ maxEntries: 2 })
  one(200, 'ten_a')
  one(200, 'ten_b')
  one(200, 'ten_c')
  one(200, 'ten_a')
  expect(await metric('api_calls_uncounted_total')).toBe(1)
  world.now = new Date('2026-11-21T00:00:00Z')
  await counter.flush()
  one(200, 'ten_c')
  await counter.flush()
  expect(await metric('api_calls_uncounted_total')).toBe(1)
  expect(table.get('ten_a test 2026-11-20')).toEqual([2, 0, 0, 0])
  expect(table.get('ten_c test 2026-11-21')).toEqual([1, 0, 0, 0])
})
