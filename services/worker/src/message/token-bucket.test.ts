import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fullBucket, takeToken } from './token-bucket.ts'

const rate = { perSecond: 1, burst: 5 }

test('five may go at once and then one a second', () => {
  let bucket = fullBucket(rate, 0)
  const waits: number[] = []
  for (let n = 0; n < 6; n++) {
    const taken = takeToken(rate, bucket, 0)
    bucket = taken.bucket
    waits.push(taken.waitMs)
  }
  expect(waits).toEqual([0, 0, 0, 0, 0, 1_000])
  expect(takeToken(rate, bucket, 1_000).waitMs).toBe(0)
})

test('however often it is asked, it gives no more than the burst plus the rate', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 200 }), (gaps) => {
      let bucket = fullBucket(rate, 0)
      let nowMs = 0
      let given = 0
      for (const gap of gaps) {
        nowMs += gap
        const taken = takeToken(rate, bucket, nowMs)
        bucket = taken.bucket
        if (taken.waitMs === 0) given += 1
      }
      expect(given).toBeLessThanOrEqual(rate.burst + nowMs / 1_000)
    }),
  )
})

test('a clock that jumps back gives nothing away', () => {
  let bucket = fullBucket(rate, 10_000)
  for (let n = 0; n < rate.burst; n++) bucket = takeToken(rate, bucket, 10_000).bucket
  expect(takeToken(rate, bucket, 0).waitMs).toBeGreaterThan(0)
})
