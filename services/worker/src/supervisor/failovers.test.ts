import type { FailoverRecord } from '@wagate/messages/fleet.ts'
import { expect, test } from 'vitest'
import { createFailovers } from './failovers.ts'

function setUp() {
  const stored: FailoverRecord[] = []
  const gaps: number[] = []
  let nowMs = 0
  const failovers = createFailovers({
    self: 'wrk_b',
    host: 'node-b',
    now: () => new Date(1_000_000),
    monotonicMs: () => nowMs,
    newId: () => 'fov_1',
    store: async (record) => void stored.push(record),
    observe: (_, seconds) => gaps.push(seconds),
    log: () => {},
  })
  const advance = (ms: number): void => {
    nowMs += ms
    failovers.tick()
  }
  return { failovers, stored, gaps, advance }
}

test('partitions taken over from one worker are one failover, as long as its longest gap', () => {
  const { failovers, stored, gaps, advance } = setUp()
  failovers.begin('worker_lost', 'wrk_a', 's1', 900_000)
  failovers.begin('worker_lost', 'wrk_a', 's2', 900_000)
  failovers.arrived('s1', 2, [921_000, 922_000])
  advance(4_000)
  expect(stored).toEqual([])
  failovers.arrived('s2', 1, [923_500])
  advance(1)
  expect(stored).toMatchObject([
    { reason: 'worker_lost', from: 'wrk_a', to: 'wrk_b', partitions: ['s1', 's2'], sessions: 3, durationMs: 23_500 },
  ])
  expect(gaps).toEqual([21, 22, 23.5])
})

test('the gap of a handover begins when the holder closed its sockets', () => {
  const { failovers, stored, advance } = setUp()
  failovers.begin('drained', 'wrk_a', 's1', 1_000)
  failovers.since('s1', 5_000)
  failovers.arrived('s1', 1, [6_200])
  advance(3_001)
  expect(stored[0]?.durationMs).toBe(1_200)
})

test('a failover settles until the last session has arrived, and for half a minute at most', () => {
  const { failovers, advance } = setUp()
  expect(failovers.isSettling()).toBe(false)
  failovers.begin('engine_crashed', 'wrk_b-eng-1', 's1', 0)
  failovers.begin('engine_crashed', 'wrk_b-eng-1', 's2', 0)
  failovers.arrived('s1', 1, [1_000])
  expect(failovers.isSettling()).toBe(true)
  failovers.arrived('s2', 1, [2_000])
  expect(failovers.isSettling()).toBe(false)
  failovers.begin('engine_crashed', 'wrk_b-eng-2', 's3', 0)
  advance(29_000)
  expect(failovers.isSettling()).toBe(true)
  advance(1_000)
  expect(failovers.isSettling()).toBe(false)
})

test('what is not connected after two minutes is told without a duration', () => {
  const { failovers, stored, advance } = setUp()
  failovers.begin('engine_crashed', 'wrk_b-eng-1', 's1', 0)
  advance(120_001)
  expect(stored).toHaveLength(1)
  expect(stored[0]).not.toHaveProperty('durationMs')
})
