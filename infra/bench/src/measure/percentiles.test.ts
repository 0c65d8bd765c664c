import { expect, test } from 'vitest'
import { distributionOf } from './percentiles.ts'

test('percentiles are samples that were measured, by nearest rank', () => {
  const samples = Array.from({ length: 200 }, (_, index) => 200 - index)
  expect(distributionOf(samples)).toEqual({ count: 200, p50: 100, p95: 190, p99: 198, max: 200, mean: 100.5 })
})

test('one sample is every percentile', () => {
  expect(distributionOf([7])).toEqual({ count: 1, p50: 7, p95: 7, p99: 7, max: 7, mean: 7 })
})

test('no sample gives no number that could be taken for a measurement', () => {
  expect(distributionOf([]).p95).toBeNaN()
})
