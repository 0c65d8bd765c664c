// A whole fleet of supervisors in virtual time (services/worker/README.md, "Simulation").
import { expect, test } from 'vitest'
import { seedsFrom } from '../fakes/simulation/find.ts'
import { runFleet } from '../fakes/simulation/fleet-run.ts'

Error.stackTraceLimit = 0

const count = Number(process.env.SEEDS ?? 40)
const first = Number(process.env.FIRST_SEED ?? 1)

test('whatever happens to its workers, a fleet hosts every partition once, evens the shares out, and then leaves them alone', {
  timeout: 60_000 + count * 3_000,
}, async () => {
  let moves = 0
  for (const seed of seedsFrom(first, count)) {
    const run = await runFleet(seed)
    expect(run.violations, `seed ${seed}`).toEqual([])
    moves += run.moves
  }
  expect(moves).toBeGreaterThan(10 * count)
})

test('an engine that hangs while its worker ends does not keep its partitions', async () => {
  expect((await runFleet(8)).violations).toEqual([])
})

test('a seed is the whole run', async () => {
  expect(await runFleet(7)).toEqual(await runFleet(7))
})
