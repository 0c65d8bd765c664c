import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultPolicy, nextAttempt, parseRetryAfter } from './next-attempt.ts'

const nowMs = Date.UTC(2026, 10, 20)
const failed = { kind: 'failed' } as const

test('eight attempts, the last at most 33 hours after the first, then it is exhausted', () => {
  let atMs = nowMs
  for (let attempt = 1; attempt <= 7; attempt++) {
    const next = nextAttempt(defaultPolicy, attempt, failed, atMs, 0.999)
    if (next.status !== 'pending') throw new Error(`attempt ${attempt} was the last`)
    atMs = next.atMs
  }
  expect((atMs - nowMs) / 3_600_000).toBeLessThan(34)
  expect(nextAttempt(defaultPolicy, 8, failed, atMs, 0)).toEqual({ status: 'exhausted' })
})

test('every pause is within a fifth of its place in the schedule', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 7 }), fc.double({ min: 0, max: 0.999, noNaN: true }), (attempt, random) => {
      const next = nextAttempt(defaultPolicy, attempt, failed, nowMs, random)
      const planned = defaultPolicy.delaysMs[attempt - 1] ?? 0
      expect(next.status === 'pending' && Math.abs(next.atMs - nowMs - planned) <= planned * 0.2 + 1).toBe(true)
    }),
  )
})

test('an endpoint may ask for a longer pause, never for a shorter one or one without end', () => {
  const asked = (retryAfterMs: number) => nextAttempt(defaultPolicy, 1, { ...failed, retryAfterMs }, nowMs, 0.5)
  expect(asked(60_000)).toEqual({ status: 'pending', atMs: nowMs + 60_000 })
  expect(asked(1)).toEqual({ status: 'pending', atMs: nowMs + 5_000 })
  expect(asked(1e12)).toEqual({ status: 'pending', atMs: nowMs + defaultPolicy.maxRetryAfterMs })
})

test('success and 410 end a delivery', () => {
  expect(nextAttempt(defaultPolicy, 3, { kind: 'delivered' }, nowMs, 0)).toEqual({ status: 'delivered' })
  expect(nextAttempt(defaultPolicy, 1, { kind: 'gone' }, nowMs, 0)).toEqual({ status: 'cancelled' })
})

test('Retry-After is read as seconds or as a date, and ignored when it is neither', () => {
  expect(parseRetryAfter('120', nowMs)).toBe(120_000)
  expect(parseRetryAfter('Fri, 20 Nov 2026 00:01:00 GMT', nowMs)).toBe(60_000)
  expect(parseRetryAfter('Thu, 19 Nov 2026 00:01:00 GMT', nowMs)).toBe(0)
  expect(parseRetryAfter('soon', nowMs)).toBeUndefined()
  expect(parseRetryAfter(undefined, nowMs)).toBeUndefined()
})
