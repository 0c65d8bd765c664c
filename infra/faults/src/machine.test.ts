import { expect, test } from 'vitest'
import { busyWithin, comebacks } from './machine.ts'

/** One reading a second: what the machine, the workers and the sandbox have used until then, in ms. */
const readings = [
  [0, 0, 0],
  [1_000, 500, 100],
  [3_000, 1_500, 900],
  [3_500, 1_600, 900],
].map(([machineMs = 0, worker = 0, sandbox = 0], second) => ({
  atMs: 10_000 + second * 1_000,
  cpu: { atMs: second * 1_000, machineMs, byPart: { worker, sandbox } },
}))

test('only the spans of time count, and those that overlap count once', () => {
  const one = [{ fromMs: 11_000, toMs: 12_000 }]
  expect(busyWithin(readings, one)).toEqual({ machine: 2, byPart: { worker: 1, sandbox: 0.8 }, elapsedMs: 1_000 })
  const overlapping = [
    { fromMs: 10_000, toMs: 12_000 },
    { fromMs: 10_500, toMs: 11_500 },
  ]
  expect(busyWithin(readings, overlapping)).toEqual({
    machine: 1.5,
    byPart: { worker: 0.75, sandbox: 0.45 },
    elapsedMs: 2_000,
  })
})

test('a machine that nobody looked at meanwhile is not said to be idle', () => {
  expect(busyWithin(readings, [])).toBeUndefined()
  expect(busyWithin(readings, [{ fromMs: 20_000, toMs: 21_000 }])).toBeUndefined()
})

test('the wait for leases, before the first session is back, is left out', () => {
  const away = [
    { fromMs: 0, toMs: 21_000 },
    { fromMs: 0, toMs: 25_000 },
    { fromMs: 60_000, toMs: 61_000 },
  ]
  expect(comebacks(away)).toEqual([
    { fromMs: 20_500, toMs: 25_000 },
    { fromMs: 60_500, toMs: 61_000 },
  ])
})
