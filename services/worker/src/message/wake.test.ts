import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createWake } from './wake.ts'

function setUp() {
  const timers: { dueMs: number; run: () => void }[] = []
  const ran: number[] = []
  let nowMs = 0
  const wake = createWake({
    nowMs: () => nowMs,
    after: (ms, run) => timers.push({ dueMs: nowMs + ms, run }),
    run: () => ran.push(nowMs),
  })
  const pass = (ms: number): void => {
    const endMs = nowMs + ms
    for (;;) {
      const [next] = timers.filter(({ dueMs }) => dueMs <= endMs).toSorted((a, b) => a.dueMs - b.dueMs)
      if (!next) break
      timers.splice(timers.indexOf(next), 1)
      nowMs = next.dueMs
      next.run()
    }
    nowMs = endMs
  }
  return { wake, pass, timers, ran, jump: (ms: number) => (nowMs += ms) }
}

test('whoever asks is looked after in time, however the asking goes', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(300_000), fc.nat(10_000)), { maxLength: 50 }), (asked) => {
      const { wake, pass, ran } = setUp()
      let nowMs = 0
      const spans = asked.map(([waitMs, thenMs]) => {
        const span = { fromMs: nowMs, toMs: nowMs + waitMs }
        wake(waitMs)
        pass(thenMs)
        nowMs += thenMs
        return span
      })
      pass(300_000)
      for (const { fromMs, toMs } of spans) expect(ran.some((at) => at >= fromMs && at <= toMs)).toBe(true)
    }),
  )
})

test('a long wait asked for again and again between short ones has one timer', () => {
  const { wake, pass, timers } = setUp()
  for (let n = 0; n < 200; n++) {
    wake(3_600_000)
    wake(1_000)
    pass(1_000)
  }
  expect(timers.length).toBeLessThanOrEqual(1)
})

test('a clock that is set forward holds nobody up', () => {
  const { wake, timers, jump } = setUp()
  wake(300_000)
  jump(3_600_000)
  wake(1_000)
  expect(timers).toHaveLength(2)
})
