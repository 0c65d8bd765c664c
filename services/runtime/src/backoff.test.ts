import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs } from './backoff.ts'

test('the pause doubles up to the cap', () => {
  const pauses = [1, 2, 3, 4, 5, 6, 7].map((attempt) => backoffMs(attempt, 0.5, { baseMs: 1_000, capMs: 30_000 }))
  expect(pauses).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000])
})

test('it stays within ±20 % of that for any attempt', () => {
  const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 1_000_000 }), random, (attempt, chance) => {
      const pause = backoffMs(attempt, chance)
      expect(pause).toBeGreaterThanOrEqual(200)
      expect(pause).toBeLessThanOrEqual(12_000)
    }),
  )
})
