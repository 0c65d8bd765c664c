import { expect, test } from 'vitest'
import { buckets, consumers, streams } from './streams.ts'
import { shardCount } from './subjects.ts'

test('every consumer belongs to a declared stream and filters within its subjects', () => {
  for (const { stream, filter } of consumers(64)) {
    const declared = streams.find(({ name }) => name === stream)
    expect(declared?.subjects.some((subject) => filter.startsWith(subject.replace('>', '')))).toBe(true)
  }
})

test('there is one worker consumer per partition and one reader per shard and service, with names of their own', () => {
  const specs = consumers(8)
  expect(specs.filter(({ stream }) => stream === 'COMMANDS')).toHaveLength(8)
  expect(specs.filter(({ stream }) => stream === 'EVENTS')).toHaveLength(2 * shardCount)
  expect(new Set(specs.map(({ name }) => name)).size).toBe(specs.length)
})

test('consumers of a work queue never overlap: the broker would refuse them', () => {
  const filters = consumers(64)
    .filter(({ stream }) => stream === 'COMMANDS')
    .map(({ filter }) => filter)
  expect(new Set(filters).size).toBe(filters.length)
  expect(filters.every((filter) => /^cmd\.s\d+\.>$/.test(filter))).toBe(true)
})

test('a lease outlives a leader election of the broker', () => {
  expect(buckets.find(({ name }) => name === 'leases')?.ttlMs).toBe(20_000)
})
