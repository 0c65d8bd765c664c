import fc from 'fast-check'
import { expect, test } from 'vitest'
import { fullBucket, livePace, sandboxPace, takeToken } from './pacing.ts'

test('a live session may write five at once and then one a second', () => {
  let bucket = fullBucket(livePace, 0)
  const waits: number[] = []
  for (let n = 0; n < 6; n++) {
    const taken = takeToken(livePace, bucket, 0)
    bucket = taken.bucket
    waits.push(taken.waitMs)
  }
  expect(waits).toEqual([0, 0, 0, 0, 0, 1_000])
  expect(takeToken(livePace, bucket, 1_000).waitMs).toBe(0)
})

test('no sequence of sends exceeds the burst plus the rate', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(5_000), { maxLength: 200 }), (gaps) => {
      let bucket = fullBucket(livePace, 0)
      let nowMs = 0
      let sent = 0
      for (const gap of gaps) {
        nowMs += gap
        const taken = takeToken(livePace, bucket, nowMs)
        bucket = taken.bucket
        if (taken.waitMs === 0) sent += 1
      }
      expect(sent).toBeLessThanOrEqual(livePace.burst + nowMs / 1_000)
    }),
  )
})

test('a clock that jumps back gives nothing away', () => {
  let bucket = fullBucket(livePace, 10_000)
  for (let n = 0; n < livePace.burst; n++) bucket = takeToken(livePace, bucket, 10_000).bucket
  expect(takeToken(livePace, bucket, 0).waitMs).toBeGreaterThan(0)
})

test('the sandbox is not paced', () => {
  const bucket = fullBucket(sandboxPace, 0)
  for (let n = 0; n < 1_000; n++) expect(takeToken(sandboxPace, bucket, 0).waitMs).toBe(0)
})
