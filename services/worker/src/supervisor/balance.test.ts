import { sharedPartitions } from '@wagate/messages/subjects.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isWorthMoving, mayMove, type PoolView, partitionsToAskFor } from './balance.ts'
import { preferredOwner } from './placement.ts'

const workers = (...capacities: number[]) => capacities.map((capacity, n) => ({ workerId: `wrk_${n}`, capacity }))
const hold = (partitions: string[], by: ReturnType<typeof workers>) =>
  new Map(partitions.map((partition) => [partition, preferredOwner(partition, by) ?? '']))

/** Every worker asks in turn, and gets what it asked for, until nobody asks. */
function balance(view: PoolView): { holders: Map<string, string>; moves: number } {
  const holders = new Map(view.holders)
  let moves = 0
  for (let asked = true; asked; ) {
    asked = false
    for (const { workerId } of view.workers)
      for (const partition of partitionsToAskFor({ ...view, holders }, workerId, 4)) {
        holders.set(partition, workerId)
        moves += 1
        asked = true
        // A partition moves on only to a worker that is lighter by the hysteresis: at most once to each.
        expect(moves, 'it must come to rest').toBeLessThanOrEqual(view.partitions.length * view.workers.length)
      }
  }
  return { holders, moves }
}

const count = (holders: ReadonlyMap<string, string>, workerId: string) =>
  [...holders.values()].filter((holder) => holder === workerId).length

test('a fourth worker gets its share of three, no partition moves twice, and then there is peace', () => {
  const partitions = sharedPartitions(64)
  const before = balance({ partitions, workers: workers(1, 1, 1), holders: hold(partitions, workers(1, 1, 1)) }).holders
  const { holders, moves } = balance({ partitions, workers: workers(1, 1, 1, 1), holders: before })
  for (const { workerId } of workers(1, 1, 1, 1)) {
    expect(count(holders, workerId)).toBeGreaterThanOrEqual(13)
    expect(count(holders, workerId)).toBeLessThanOrEqual(19)
  }
  expect(moves).toBeLessThan(20)
})

test('whatever the capacities and whoever holds what, asking comes to rest with even shares', () => {
  const anyFleet = fc.record({
    count: fc.integer({ min: 1, max: 64 }),
    capacities: fc.array(fc.integer({ min: 100, max: 2_000 }), { minLength: 1, maxLength: 6 }),
    seed: fc.array(fc.nat(5), { minLength: 64, maxLength: 64 }),
  })
  fc.assert(
    fc.property(anyFleet, ({ count: size, capacities, seed }) => {
      const partitions = sharedPartitions(size)
      const fleet = workers(...capacities)
      const given = new Map(partitions.map((name, n) => [name, `wrk_${(seed[n] ?? 0) % fleet.length}`]))
      const { holders } = balance({ partitions, workers: fleet, holders: given })
      const view = { partitions, workers: fleet, holders }
      for (const from of fleet)
        for (const to of fleet) if (from !== to) expect(isWorthMoving(view, from.workerId, to.workerId)).toBe(false)
    }),
    {
      numRuns: 60,
      // The one partition goes from each to the next bigger.
      examples: [[{ count: 1, capacities: [100, 115, 133, 536], seed: Array(64).fill(0) }]],
    },
  )
})

test('what has just moved is never worth moving back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 40 }), (mine, theirs) => {
      const partitions = sharedPartitions(mine + theirs)
      const holders = new Map(partitions.map((name, n) => [name, n < mine ? 'wrk_0' : 'wrk_1']))
      const view = { partitions, workers: workers(1, 1), holders }
      if (!isWorthMoving(view, 'wrk_0', 'wrk_1')) return
      holders.set('s0', 'wrk_1')
      expect(isWorthMoving({ ...view, holders }, 'wrk_1', 'wrk_0')).toBe(false)
    }),
  )
})

test('nothing is asked of a worker that is not there any more, or that gives its partitions away', () => {
  const partitions = sharedPartitions(8)
  const holders = new Map(partitions.map((name) => [name, 'wrk_gone']))
  expect(partitionsToAskFor({ partitions, workers: workers(1, 1), holders }, 'wrk_0', 4)).toEqual([])
})

test('a tenth of the sessions moves at once, and always at least one partition', () => {
  expect(mayMove([], 500, 1_000, 0.1, 1_000)).toBe(true)
  expect(mayMove([40], 60, 1_000, 0.1, 1_000)).toBe(true)
  expect(mayMove([40], 61, 1_000, 0.1, 1_000)).toBe(false)
  expect(mayMove([40, 30], 20, 1_000, 0.25, 80)).toBe(false)
})
