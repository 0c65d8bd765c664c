import { defaultPacing, type Pacing, pacingBounds } from '@wagate/messages/pacing.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { forecastMs, newChatTimesMs, pauseMs, startThrottle, takeTurn } from './pacing.ts'

const even: Pacing = { ...defaultPacing.live, jitterMs: 0 }
const hourMs = 3_600_000

const paces = fc.record<Pacing>({
  perSecond: fc.option(fc.double({ min: 0.05, max: pacingBounds.perSecond.max, noNaN: true }), { nil: null }),
  burst: fc.integer(pacingBounds.burst),
  newChatsPerHour: fc.option(fc.integer({ min: 1, max: 20 }), { nil: null }),
  jitterMs: fc.integer(pacingBounds.jitterMs),
})
const random = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true })

/** Asks again as soon as it was told to, plus what the timers are late by, and returns when it was let through. */
function sendTimes(pace: Pacing, steps: readonly { lateMs: number; random: number }[]): number[] {
  let throttle = startThrottle(pace, 0, undefined)
  let nowMs = 0
  const times: number[] = []
  for (const step of steps) {
    const turn = takeTurn(pace, throttle, nowMs, step.random)
    throttle = turn.throttle
    if (turn.waitMs === 0) times.push(nowMs)
    nowMs += turn.waitMs + step.lateMs
  }
  return times
}

const steps = fc.array(fc.record({ lateMs: fc.oneof(fc.constant(0), fc.nat(10_000)), random }), { maxLength: 200 })

test('a rested session may write five at once and then one a second', () => {
  let throttle = startThrottle(even, 0, undefined)
  const waits: number[] = []
  for (let n = 0; n < 6; n++) {
    const turn = takeTurn(even, throttle, 0, 0)
    throttle = turn.throttle
    waits.push(turn.waitMs)
  }
  expect(waits).toEqual([0, 0, 0, 0, 0, 1_000])
  expect(takeTurn(even, throttle, 1_000, 0).waitMs).toBe(0)
})

test('a new owner has no burst that the last one may have just used, and all of what was not used since', () => {
  const wait = (nowMs: number, pace = even) => takeTurn(pace, startThrottle(pace, nowMs, 60_000), nowMs, 0).waitMs
  expect([60_000, 60_400, 61_000].map((nowMs) => wait(nowMs))).toEqual([1_000, 600, 0])
  expect(wait(61_000, defaultPacing.live)).toBe(2_000) // the pause after the last message may have been the longest
  let throttle = startThrottle(even, 70_000, 60_000)
  for (let n = 0; n < even.burst; n++) throttle = takeTurn(even, throttle, 70_000, 0).throttle
  expect(takeTurn(even, throttle, 70_000, 0).waitMs).toBe(1_000)
})

test('in no span of time are there more messages than the burst and the rate allow', () => {
  fc.assert(
    fc.property(paces, steps, (pace, taken) => {
      const { perSecond } = pace
      if (perSecond === null) return
      const times = sendTimes(pace, taken)
      for (const [from, start] of times.entries())
        for (const [to, end] of times.entries())
          if (to >= from)
            expect(to - from + 1).toBeLessThanOrEqual(pace.burst + ((end - start) / 1_000) * perSecond + 1e-6)
    }),
  )
})

test('between two messages lies a pause of a sixth of the jitter to all of it, for live sessions 0.5 to 3 s', () => {
  fc.assert(
    fc.property(paces, random, (pace, chance) => {
      expect(pauseMs(pace, chance)).toBeGreaterThanOrEqual(Math.floor(pace.jitterMs / 6))
      expect(pauseMs(pace, chance)).toBeLessThanOrEqual(pace.jitterMs)
    }),
  )
  fc.assert(
    fc.property(paces, steps, (pace, taken) => {
      const times = sendTimes(pace, taken)
      const gaps = times.slice(1).map((time, index) => time - (times[index] ?? 0))
      for (const gap of gaps) expect(gap).toBeGreaterThanOrEqual(Math.floor(pace.jitterMs / 6))
    }),
  )
  expect([pauseMs(defaultPacing.live, 0), pauseMs(defaultPacing.live, 0.999999)]).toEqual([500, 3_000])
})

test('nobody waits longer than one token and one pause take, and who waited as told is let through', () => {
  fc.assert(
    fc.property(paces, steps, (pace, taken) => {
      let throttle = startThrottle(pace, 0, 0)
      let nowMs = 0
      for (const step of taken) {
        const first = takeTurn(pace, throttle, nowMs, step.random)
        const most = Math.max(pace.jitterMs, pace.perSecond === null ? 0 : 1_000 / pace.perSecond)
        expect(first.waitMs).toBeLessThanOrEqual(Math.ceil(most))
        nowMs += first.waitMs
        // Rounding may ask for one more millisecond.
        const again = first.waitMs === 0 ? first : takeTurn(pace, first.throttle, nowMs, step.random)
        expect(again.waitMs).toBeLessThanOrEqual(1)
        throttle = again.throttle
        nowMs += step.lateMs
      }
    }),
  )
})

test('a clock that jumps back gives nothing away and holds nothing up', () => {
  let throttle = startThrottle(even, 10_000, undefined)
  for (let n = 0; n < even.burst; n++) throttle = takeTurn(even, throttle, 10_000, 0).throttle
  expect(takeTurn(even, throttle, 0, 0).waitMs).toBe(1_000)
  const spread = { ...defaultPacing.live, jitterMs: 3_000 }
  const spent = takeTurn(spread, startThrottle(spread, hourMs, undefined), hourMs, 0.9).throttle
  expect(takeTurn(spread, spent, 0, 0).waitMs).toBeLessThanOrEqual(3_000)
})

test('the sandbox is not paced', () => {
  let throttle = startThrottle(defaultPacing.test, 0, 0)
  for (let n = 0; n < 1_000; n++) {
    const turn = takeTurn(defaultPacing.test, throttle, 0, 0.5)
    expect(turn.waitMs).toBe(0)
    throttle = turn.throttle
  }
  expect(newChatTimesMs(defaultPacing.test, [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 0, 2)).toEqual([0, 0])
})

test('in no hour are more chats begun than the limit, and a slot is free when it was said to be', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(hourMs / 2), { maxLength: 60 }), (limit, gaps) => {
      const pace = { ...even, newChatsPerHour: limit }
      const started: number[] = []
      let nowMs = 0
      for (const gap of gaps) {
        const [nextMs = 0] = newChatTimesMs(pace, started, nowMs, 1)
        expect(newChatTimesMs(pace, started, nextMs, 1)).toEqual([nextMs])
        if (nextMs === nowMs) started.push(nowMs)
        nowMs += gap
      }
      for (const from of started)
        expect(started.filter((at) => at >= from && at < from + hourMs).length).toBeLessThanOrEqual(limit)
    }),
  )
})

test('the chats that wait are begun as early as the limit allows, hour after hour', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(fc.nat(2 * hourMs), { maxLength: 8 }), (limit, ago) => {
      const pace = { ...even, newChatsPerHour: limit }
      const started = ago.map((ms) => -ms).toSorted((a, b) => a - b)
      const forecast = newChatTimesMs(pace, started, 0, 20)
      const begun = [...started]
      for (const atMs of forecast) {
        const [nextMs] = newChatTimesMs(pace, begun, Math.max(0, begun.at(-1) ?? 0), 1)
        expect(nextMs).toBe(atMs)
        begun.push(atMs)
      }
    }),
  )
  expect(newChatTimesMs({ ...even, newChatsPerHour: 2 }, [-1_000], 0, 4)).toEqual([
    0,
    hourMs - 1_000,
    hourMs,
    2 * hourMs - 1_000,
  ])
})

test('a clock that jumps back holds no chat up for more than an hour', () => {
  expect(newChatTimesMs({ ...even, newChatsPerHour: 1 }, [9 * hourMs], 0, 1)).toEqual([hourMs])
})

test('the forecast of a queue at rest is when its messages go', () => {
  const throttle = startThrottle(even, 0, undefined)
  expect([0, 4, 5, 9].map((ahead) => forecastMs(even, throttle, ahead, 0))).toEqual([0, 0, 1_000, 5_000])
  const spread = { ...even, perSecond: null, jitterMs: 600 }
  expect(forecastMs(spread, startThrottle(spread, 0, undefined), 3, 0)).toBe(3 * 350)
})
