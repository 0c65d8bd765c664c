import { expect, test } from 'vitest'
import { createBudgets } from './budget.ts'

const taken = (take: (name: string, nowMs: number) => boolean, name: string, times: number, nowMs: number) =>
  Array.from({ length: times }, () => take(name, nowMs)).filter(Boolean).length

test('a burst is logged whole, then a sample, and after a rest a burst again', () => {
  const take = createBudgets({ burst: 10, perSecond: 2, maxBudgets: 5 })
  expect(taken(take, 'a', 30, 0)).toBe(10)
  expect(taken(take, 'a', 30, 1_500)).toBe(3)
  expect(taken(take, 'b', 30, 1_500)).toBe(10)
  expect(taken(take, 'a', 30, 60_000)).toBe(10)
})

test('no more budgets are remembered than there is room for', () => {
  const take = createBudgets({ burst: 1, perSecond: 0, maxBudgets: 2 })
  expect(['a', 'b', 'a', 'c', 'a', 'b'].map((name) => take(name, 0))).toEqual([true, true, false, true, false, true])
})
