// One seed of the scenarios that need no stack of their own making, for `make test`. `make faults` plays all of them, often.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { play } from './src/play.ts'
import type { Leg, Scenario } from './src/scenario.ts'
import { engineKilled } from './src/scenarios/engine-killed.ts'
import { hostKilled } from './src/scenarios/host-killed.ts'
import { workerStopped } from './src/scenarios/worker-stopped.ts'
import { openStage, type Stage } from './src/stage.ts'

const leg: Leg = { name: 'short', servers: 1, leaseTtlMs: 4_000 }
const seed = 20261121

let stage: Stage
beforeAll(async () => {
  stage = await openStage({}, leg)
})
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
})

test.each<[string, Scenario]>([
  ['an engine that is killed at any step', engineKilled],
  ['a worker that stood still and wakes up', workerStopped],
  ['a host that is gone', hostKilled],
])('%s loses nothing, doubles nothing and leaves one owner', async (_, scenario) => {
  const run = await play(scenario, { ...stage, seed, small: true })
  expect(run.broken, `make faults f=${scenario.name} leg=short seed=${seed} seeds=1`).toEqual([])
  expect(run.messages).toBeGreaterThan(0)
})
