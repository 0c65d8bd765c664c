import { expect, test } from 'vitest'
import { BoundedMap } from './bounded-map.ts'

test('it holds so many entries, and forgets the one that was set longest ago', () => {
  const map = new BoundedMap<string, number>(3)
  for (const key of ['a', 'b', 'c', 'a', 'd']) map.set(key, 1)
  expect(['a', 'b', 'c', 'd'].filter((key) => map.has(key))).toEqual(['a', 'c', 'd'])
})

test('what it holds weighs no more than its limit, but for a single entry that does', () => {
  const map = new BoundedMap<number, string>(1_000, { bytes: 100, of: (text) => text.length })
  for (let n = 0; n < 50; n++) map.set(n, 'x'.repeat(30))
  expect(map.size).toBe(3)
  map.set(49, 'x'.repeat(10)) // lighter than it was: there is room again
  map.set(50, 'x'.repeat(40))
  expect([47, 48, 49, 50].filter((n) => map.has(n))).toEqual([48, 49, 50])
  map.set(51, 'x'.repeat(500))
  expect([map.size, map.has(51)]).toEqual([1, true])
  map.delete(51)
  map.set(52, 'x'.repeat(100))
  map.set(53, '')
  expect(map.size).toBe(2)
})
