import { expect, test } from 'vitest'
import { around, daysOf, monthOf } from './month.ts'

const now = new Date('2026-11-21T23:05:09Z')

test.each([null, '', '2026-13', '2026-12', '1999-01', '2026-11-01'])('%j is taken for this month', (text) => {
  expect(monthOf(text, now)).toBe('2026-11')
})

test('a month that is over is looked at whole, this one up to today', () => {
  expect(daysOf(monthOf('2026-02', now), now)).toEqual({ from: '2026-02-01', to: '2026-02-28' })
  expect(daysOf('2026-11', now)).toEqual({ from: '2026-11-01', to: '2026-11-21' })
})

test('one leads on to the months before and after it, but not into the future', () => {
  expect(around('2026-01', now)).toEqual({ previous: '2025-12', next: '2026-02' })
  expect(around('2026-11', now)).toEqual({ previous: '2026-10', next: null })
})
