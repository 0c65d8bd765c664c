import { expect, test } from 'vitest'
import { busyWithin } from './machine.ts'

/** One reading a second: what the machine and the workers have used until then, in ms. */
const readings = [
  [0, 0],
  [1_000, 500],
  [3_000, 1_500],
  [3_500, 1_600],
].map(([machineMs = 0, workers = 0], second) => ({
  atMs: 10_000 + second * 1_000,
  cpu: { atMs: second * 1_000, machineMs, byPart: { workers } },
}))

test('only the time in which sessions were away counts, and overlapping spans count once', () => {
  expect(busyWithin(readings, [{ fromMs: 11_000, toMs: 12_000 }])).toEqual({ machine: 2, workers: 1 })
  const overlapping = [
    { fromMs: 10_000, toMs: 12_000 },
    { fromMs: 10_500, toMs: 11_500 },
  ]
  expect(busyWithin(readings, overlapping)).toEqual({ machine: 1.5, workers: 0.75 })
})

test('a machine that nobody looked at meanwhile is not said to be idle', () => {
  expect(busyWithin(readings, [])).toBeUndefined()
  expect(busyWithin(readings, [{ fromMs: 20_000, toMs: 21_000 }])).toBeUndefined()
})
