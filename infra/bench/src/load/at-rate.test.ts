import { expect, test } from 'vitest'
import { type AtRateDeps, sendAtRate } from './at-rate.ts'

/** A clock that only pauses move, and a server that answers at the times it is told. */
function world(answerAfterMs: (n: number, nowMs: number) => number) {
  let nowMs = 0
  const due: { atMs: number; run: () => void }[] = []
  const at = (atMs: number): Promise<void> => new Promise((run) => due.push({ atMs, run }))
  const deps: AtRateDeps = {
    nowMs: () => nowMs,
    originMs: 1_000_000,
    stopped: () => false,
    post: async (n) => {
      await at(nowMs + answerAfterMs(n, nowMs))
      return { status: 202, id: `msg_${n}` }
    },
    pause: (ms) => at(nowMs + ms),
  }
  /** Lets time pass until the promise is settled. */
  async function run<Result>(promise: Promise<Result>): Promise<Result> {
    let settled = false
    void promise.finally(() => {
      settled = true
    })
    while (!settled) {
      for (let turn = 0; turn < 10; turn++) await Promise.resolve()
      const next = due.sort((a, b) => a.atMs - b.atMs).shift()
      if (!next) continue
      nowMs = Math.max(nowMs, next.atMs)
      next.run()
    }
    return promise
  }
  return { deps, run }
}

test('requests leave on time whether or not earlier ones were answered', async () => {
  const { deps, run } = world(() => 500)
  const { accepted } = await run(sendAtRate(deps, { perSecond: 10, leadInSeconds: 0, seconds: 1 }))
  const dueAtMs = accepted.sort((a, b) => a.n - b.n).map((message) => message.dueAtMs - 1_000_000)
  expect(dueAtMs).toEqual([100, 200, 300, 400, 500, 600, 700, 800, 900, 1_000])
})

test('a stall of the server counts in every request that was due during it', async () => {
  const stallEndsMs = 1_000
  const { deps, run } = world((_, nowMs) => Math.max(1, stallEndsMs - nowMs))
  const { latenciesMs } = await run(sendAtRate(deps, { perSecond: 10, leadInSeconds: 0, seconds: 1 }))
  expect([...latenciesMs].sort((a, b) => b - a)).toEqual([900, 800, 700, 600, 500, 400, 300, 200, 100, 1])
})

test('the lead-in is sent and not measured', async () => {
  const { deps, run } = world((n) => (n < 5 ? 400 : 1))
  const result = await run(sendAtRate(deps, { perSecond: 10, leadInSeconds: 0.5, seconds: 1 }))
  expect(result.accepted).toHaveLength(15)
  expect([...result.latenciesMs].map(Math.round)).toEqual(Array.from({ length: 10 }, () => 1))
})
