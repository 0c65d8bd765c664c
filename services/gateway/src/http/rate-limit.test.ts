import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createRateLimiter, limitHeaders } from './rate-limit.ts'

test('in any span, no key gets more than the burst and the rate allow', () => {
  const policy = { perSecond: 10, burst: 20 }
  fc.assert(
    fc.property(fc.array(fc.nat(400), { minLength: 1, maxLength: 200 }), (gapsMs) => {
      const take = createRateLimiter(policy)
      let nowMs = 0
      let allowed = 0
      for (const gapMs of gapsMs) {
        nowMs += gapMs
        if (take('key', nowMs).allowed) allowed++
      }
      expect(allowed).toBeLessThanOrEqual(policy.burst + (nowMs / 1_000) * policy.perSecond + 1e-6)
    }),
  )
})

test('a refused request says when to come back, and is allowed then', () => {
  const take = createRateLimiter({ perSecond: 1, burst: 2 })
  expect([take('a', 0).allowed, take('a', 0).allowed]).toEqual([true, true])
  const refused = take('a', 0)
  expect(refused).toMatchObject({ allowed: false, retryAfterSeconds: 1 })
  expect(take('b', 0).allowed).toBe(true)
  expect(take('a', refused.retryAfterSeconds * 1_000).allowed).toBe(true)
})

test('the headers name the policy and what is left', () => {
  const take = createRateLimiter({ perSecond: 100, burst: 200 })
  const { state } = take('a', 0)
  expect(limitHeaders([state])).toEqual({
    'ratelimit-policy': '"default";q=200;w=2',
    ratelimit: '"default";r=199;t=1',
  })
  const minute = { name: 'messages-per-minute', quota: 30, windowSeconds: 60, left: -1, resetSeconds: 12 }
  expect(limitHeaders([state, minute])).toEqual({
    'ratelimit-policy': '"default";q=200;w=2, "messages-per-minute";q=30;w=60',
    ratelimit: '"default";r=199;t=1, "messages-per-minute";r=0;t=12',
  })
})

test('a key of its own lower rate gets that, with a burst in proportion, and never more than the others', () => {
  const take = createRateLimiter({ perSecond: 100, burst: 200 })
  const allowed = (key: string, perSecond: number | undefined, nowMs: number) => {
    let count = 0
    while (take(key, nowMs, perSecond).allowed) count++
    return count
  }
  expect(allowed('slow', 5, 0)).toBe(10)
  expect(allowed('slow', 5, 1_000)).toBe(5)
  expect(allowed('fast', 5_000, 0)).toBe(200)
  expect(take('slow', 1_000, 5)).toMatchObject({ state: { quota: 10, windowSeconds: 2 } })
})
