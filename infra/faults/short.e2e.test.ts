// One seed of the scenarios that one nats-server is enough for, for `make test`. `make faults` plays all of them, often.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { play } from './src/play.ts'
import type { Leg, Scenario } from './src/scenario.ts'
import { clockSkew, engineStalled } from './src/scenarios/clock.ts'
import { engineKilled } from './src/scenarios/engine-killed.ts'
import { hostKilled } from './src/scenarios/host-killed.ts'
import { keysInLogs } from './src/scenarios/keys-in-logs.ts'
import { partition } from './src/scenarios/partition.ts'
import { workerStopped } from './src/scenarios/worker-stopped.ts'
import { openStage, type Stage } from './src/stage.ts'

const leg: Leg = { name: 'short', servers: 1, leaseTtlMs: 4_000 }
const seed = 20261121

let stage: Stage
beforeAll(async () => {
  stage = await openStage(keysInLogs, leg)
})
afterAll(async () => {
  await stage?.[Symbol.asyncDispose]()
})

test.each<[string, Scenario]>([
  ['an engine that is killed at any step', engineKilled],
  ['a worker that stood still and wakes up', workerStopped],
  ['a host that is gone', hostKilled],
  ['a worker whose clock is wrong', clockSkew],
  ['an engine that stands still', engineStalled],
  ['a worker that is cut off from the broker', partition],
])('%s loses nothing, doubles nothing and leaves one owner', async (_, scenario) => {
  const run = await play(scenario, { ...stage, seed, small: true })
  expect(run.broken, `make faults f=${scenario.name} leg=short seed=${seed} seeds=1`).toEqual([])
  expect(run.messages).toBeGreaterThan(0)
})

// After the others: their logs are searched too.
test('no process prints a private key, whatever breaks', async () => {
  const run = await play(keysInLogs, { ...stage, seed, small: true })
  expect(run.broken, `make faults f=${keysInLogs.name} leg=short seed=${seed} seeds=1`).toEqual([])
})
