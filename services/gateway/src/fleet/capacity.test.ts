import type { WorkerRecord } from '@wagate/messages/fleet.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { capacityOf } from './capacity.ts'

const worker = (sessions: number, more: Partial<WorkerRecord> = {}): WorkerRecord => ({
  v: 1,
  workerId: 'wrk_1',
  host: 'node-a',
  startedAt: '2026-01-01T00:00:00.000Z',
  engines: 1,
  capacity: 1_000,
  partitions: 1,
  sessions,
  load: sessions / 1_000,
  ...more,
})
const shared = (workers: WorkerRecord[], sessions: number) => capacityOf(['shared'], workers, () => sessions)[0]

test.each([
  ['nobody is there', [], 0, 2],
  ['two idle workers stay, so that one may die', [worker(0), worker(0)], 0, 0],
  ['two workers that are nearly full want a third', [worker(850), worker(800)], 1_650, 1],
  ['three workers at 70 % are right', [worker(700), worker(700), worker(700)], 2_100, 0],
  ['five workers at 20 % are too many', [200, 200, 200, 200, 200].map((n) => worker(n)), 1_000, -3],
  ['sessions that nobody hosts count', [worker(500), worker(500)], 3_000, 2],
  ['a late event loop counts as load', [worker(100, { load: 1.5 }), worker(100, { load: 1.4 })], 200, 2],
  ['a worker that drains carries nothing', [worker(400), worker(400), worker(400, { state: 'draining' })], 800, 0],
] as const)('%s', (_, workers, sessions, wanted) => {
  expect(shared([...workers], sessions)?.shortage_workers).toBe(wanted)
})

test('a pool counts only the workers that serve it', () => {
  const workers = [worker(0), worker(10, { pools: ['acme'] }), worker(10, { pools: ['shared', 'acme'] })]
  const [all, acme] = capacityOf(['shared', 'acme'], workers, (pool) => (pool === 'acme' ? 20 : 0))
  expect([all?.workers, acme?.workers]).toEqual([2, 2])
  expect(acme).toMatchObject({ sessions: 20, shortage_workers: -1 })
})

test('doing what is asked for is enough, and nothing is asked for after that', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 50_000 }), (count, sessions) => {
      const fleet = (size: number) => Array.from({ length: size }, () => worker(sessions / size))
      const change = shared(fleet(count), sessions)?.shortage_workers ?? 0
      const then = shared(fleet(count + change), sessions)
      expect(then?.shortage_workers).toBe(0)
      expect(then?.load).toBeLessThanOrEqual(0.8)
    }),
    { examples: [[14, 6_600]], numRuns: 1_000 }, // the example's sum is off by a rounding error
  )
})
