import fc from 'fast-check'
import { expect, test } from 'vitest'
import { daysOf, rangeOf } from './range.ts'

const now = new Date('2026-11-20T23:59:59.999Z')

test('without dates it is the month so far, in UTC', () => {
  expect(rangeOf({}, now)).toEqual({ from: '2026-11-01', to: '2026-11-20' })
  expect(rangeOf({ to: '2026-02-10' }, now)).toEqual({ from: '2026-02-01', to: '2026-02-10' })
  expect(rangeOf({ from: '2026-10-30' }, now)).toEqual({ from: '2026-10-30', to: '2026-11-20' })
})

test('a range that is turned around or too long says what to change', () => {
  const problem = (from: string, to: string) => () => rangeOf({ from, to }, now)
  expect(problem('2026-11-02', '2026-11-01')).toThrow('not after the last one (2026-11-01)')
  expect(problem('2025-11-20', '2026-11-21')).toThrow('at most 366 days at once; 2025-11-20 to 2026-11-21 are 367')
  expect(problem('2025-11-21', '2026-11-21')).not.toThrow()
  expect(problem('2024-01-01', '2024-12-31')).not.toThrow()
})

test('the days of a range are all there once, in order', () => {
  const first = fc.integer({ min: Date.UTC(2000, 0, 1) / 86_400_000, max: Date.UTC(2098, 0, 1) / 86_400_000 })
  fc.assert(
    fc.property(first, fc.integer({ min: 1, max: 366 }), (start, length) => {
      const day = (n: number) => new Date(n * 86_400_000).toISOString().slice(0, 10)
      const days = daysOf({ from: day(start), to: day(start + length - 1) })
      expect(days).toHaveLength(length)
      expect(days).toEqual([...new Set(days)].toSorted())
      expect([days[0], days.at(-1)]).toEqual([day(start), day(start + length - 1)])
    }),
  )
})
