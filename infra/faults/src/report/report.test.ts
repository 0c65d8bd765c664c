import { expect, test } from 'vitest'
import type { Run } from '../play.ts'
import type { Leg, Scenario } from '../scenario.ts'
import { markdownOf } from './markdown.ts'
import { rowOf } from './summary.ts'

const leg: Leg = { name: 'short', servers: 1, leaseTtlMs: 4_000 }
const scenario: Scenario = {
  name: 'engine_killed',
  title: 'an engine is killed',
  random: true,
  takeoverAimMs: () => 5_000,
  run: async () => {},
}
const good: Run = {
  scenario: 'engine_killed',
  leg: 'short',
  seed: 1,
  broken: [],
  messages: 100,
  losses: { lost: 0, doubled: 0, undecryptable: 0 },
  epochs: 3,
  takeoverMs: [1_000, 2_000],
  facts: { evictions: 2, killed: 'host' },
  ms: 10_000,
}
const head = { at: '2026-11-21T00:00:00Z', machine: 'two cores', command: 'make faults', minutes: 1 }

test('runs are added up, takeovers are taken together, figures become ranges', () => {
  const row = rowOf(scenario, leg, [
    good,
    { ...good, seed: 2, takeoverMs: [4_000], epochs: 5, facts: { evictions: 7 } },
  ])
  expect(row).toMatchObject({ messages: 200, epochs: 5, verdict: 'passed', remarks: ['evictions: 2–7'] })
  expect(row.takeover).toEqual({ count: 3, p50: 2_000, p95: 4_000, p99: 4_000, max: 4_000, mean: 7_000 / 3 })
  expect(markdownOf(head, [row])).toContain(
    '| engine_killed | short | 2 | 200 | 0 | 0 | 0 | 5 | 2.0 | 4.0 | 4.0 | passed |',
  )
  expect(markdownOf(head, [row])).toContain('No promise was broken.')
})

test('a broken promise is told with its seed', () => {
  const row = rowOf(scenario, leg, [good, { ...good, seed: 2, broken: ['I2 shown twice', 'I4 two owners'] }])
  expect(row).toMatchObject({ verdict: 'failed' })
  expect(markdownOf(head, [row])).toMatch(/1 of 1 rows broke a promise[\s\S]*seed 2: I2 shown twice \(\+1\)/)
})

test('a missed aim and a scenario that cannot be played say why', () => {
  const busy = { machine: 1.9, byPart: { worker: 0.6, webhooks: 0.01, sandbox: 0.9 }, elapsedMs: 100 }
  expect(rowOf(scenario, leg, [{ ...good, takeoverMs: [9_000], busy }])).toMatchObject({
    verdict: 'aim missed',
    remarks: [
      'p95 of 9000 ms; the aim is 5000 ms',
      expect.stringMatching(
        /^while sessions came back, at most: 1.90 of \d+ cores busy, sandbox 0.90, worker 0.60; 190 ms of CPU for each, messages included$/,
      ),
      'evictions: 2',
      'killed: host',
    ],
  })
  expect(rowOf(scenario, leg, [{ ...good, notPossible: 'no tmpfs' }])).toMatchObject({ verdict: 'not possible here' })
})
