import { sharedPartitions } from '@wagate/messages/subjects.ts'
import { expect, test } from 'vitest'
import { leastLoaded, nextMove, preferredOwner } from './placement.ts'

const workers = (...capacities: number[]) => capacities.map((capacity, n) => ({ workerId: `wrk_${n}`, capacity }))
const partitions = sharedPartitions(256)
const shares = (owners: (string | undefined)[]) => Map.groupBy(owners, (owner) => owner)

test('every worker that knows the same workers prefers the same owner', () => {
  const known = workers(1_000, 1_000, 1_000)
  for (const partition of partitions) {
    expect(preferredOwner(partition, known.toReversed())).toBe(preferredOwner(partition, known))
  }
})

test('a worker that leaves moves only its own partitions', () => {
  const known = workers(1_000, 1_000, 1_000, 1_000)
  for (const partition of partitions) {
    const before = preferredOwner(partition, known)
    const after = preferredOwner(partition, known.slice(0, 3))
    if (before !== 'wrk_3') expect(after).toBe(before)
  }
})

test('twice the capacity gets about twice the partitions', () => {
  const owned = shares(partitions.map((partition) => preferredOwner(partition, workers(1_000, 2_000))))
  const ratio = (owned.get('wrk_1')?.length ?? 0) / (owned.get('wrk_0')?.length ?? 1)
  expect(ratio).toBeGreaterThan(1.4)
  expect(ratio).toBeLessThan(2.8)
})

test('nobody owns anything where there is no worker', () => {
  expect(preferredOwner('s0', [])).toBeUndefined()
  expect(leastLoaded([])).toBeUndefined()
})

test('the engine with the fewest partitions is next', () => {
  const engine = (id: string, size: number) => ({ id, partitions: { size } })
  expect(leastLoaded([engine('a', 3), engine('b', 1), engine('c', 2)])?.id).toBe('b')
})

test('an engine that came back gets its share, one partition at a time, and then there is peace', () => {
  const full = { partitions: new Set(partitions) }
  const empty = { partitions: new Set<string>() }
  for (let move = nextMove([full, empty]); move; move = nextMove([full, empty])) {
    move.from.partitions.delete(move.partition)
    leastLoaded([full, empty])?.partitions.add(move.partition)
  }
  expect(full.partitions.size + empty.partitions.size).toBe(partitions.length)
  expect(full.partitions.size / empty.partitions.size).toBeLessThan(1.6)
  expect(nextMove([full, empty])).toBeUndefined()
  expect(nextMove([])).toBeUndefined()
})
