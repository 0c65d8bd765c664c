import fc from 'fast-check'
import { expect, test } from 'vitest'
import { leaseAction } from './lease.ts'

test.each([
  [0, 'hold'],
  [3_999, 'hold'],
  [4_000, 'renew'],
  [13_999, 'renew'],
  [14_000, 'abandon'],
  [60_000, 'abandon'],
])('a lease of 20 s that was renewed %i ms ago: %s', (ageMs, action) => {
  expect(leaseAction({ renewedAtMs: 1_000 }, 1_000 + ageMs, 20_000)).toBe(action)
})

test('a lease is abandoned before the broker can give it to somebody else, even with a clock that runs 40 % slow', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1_000, max: 100_000 }), fc.nat(200_000), (ttlMs, realAgeMs) => {
      const measured = realAgeMs / 1.4
      if (realAgeMs >= ttlMs) expect(leaseAction({ renewedAtMs: 0 }, measured, ttlMs)).toBe('abandon')
    }),
  )
})
