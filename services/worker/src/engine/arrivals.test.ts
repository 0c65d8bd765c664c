import { expect, test } from 'vitest'
import { type Arrival, createArrivals } from './arrivals.ts'

function setUp() {
  const told: Arrival[] = []
  let nowMs = 1_000
  const arrivals = createArrivals({ nowMs: () => nowMs++, onArrived: (arrival) => told.push(arrival) })
  return { arrivals, told }
}

test('a partition has arrived when each of its sessions is connected, or has nothing to connect to', () => {
  const { arrivals, told } = setUp()
  arrivals.expect('s1', ['a', 'b', 'c', 'd', 'e', 'f'])
  arrivals.status('a', 'connecting')
  arrivals.status('a', 'connected')
  arrivals.status('b', 'closed')
  arrivals.status('c', 'awaiting_qr')
  arrivals.status('e', 'quarantined')
  arrivals.status('f', 'connecting', true)
  expect(told).toEqual([])
  arrivals.removed('d')
  expect(told).toEqual([{ partition: 's1', sessions: 6, connectedAtMs: [1_000] }])
  arrivals.status('a', 'connected')
  expect(told).toHaveLength(1)
})

test('a partition without sessions has arrived at once, and one that is dropped never does', () => {
  const { arrivals, told } = setUp()
  arrivals.expect('s1', [])
  expect(told).toEqual([{ partition: 's1', sessions: 0, connectedAtMs: [] }])
  arrivals.expect('s2', ['a'])
  arrivals.dropped('s2')
  arrivals.status('a', 'connected')
  expect(told).toHaveLength(1)
})
