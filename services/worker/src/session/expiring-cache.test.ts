import { expect, test } from 'vitest'
import { ExpiringCache } from './expiring-cache.ts'

test('it forgets the oldest beyond its bound, and what is too old', () => {
  let nowMs = 0
  const cache = new ExpiringCache({ entries: 3, ttlMs: 100 }, () => nowMs)
  for (let n = 0; n < 1_000; n++) cache.set(`k${n}`, n)
  expect(cache.size).toBe(3)
  expect([cache.get('k996'), cache.get('k997'), cache.get('k999')]).toEqual([undefined, 997, 999])
  nowMs = 100
  expect(cache.get('k999')).toBeUndefined()
  cache.set('new', 1)
  expect(cache.size).toBe(1)
})

test('an entry that is set again lives anew', () => {
  let nowMs = 0
  const cache = new ExpiringCache({ entries: 2, ttlMs: 100 }, () => nowMs)
  cache.set('a', 1)
  cache.set('b', 2)
  nowMs = 60
  cache.set('a', 3)
  cache.set('c', 4)
  expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([3, undefined, 4])
  nowMs = 120
  expect(cache.get('a')).toBe(3)
  cache.del('a')
  expect(cache.get('a')).toBeUndefined()
})
