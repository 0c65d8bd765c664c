// Thousands of sessions under faults, in virtual time (infra/testing/README.md). `SEEDS=100000 FIRST_SEED=1` runs longer.
import { expect, test } from 'vitest'
import { findFailure, seedsFrom, story } from '../fakes/simulation/find.ts'
import { keptPlans } from '../fakes/simulation/kept.ts'
import { planOf } from '../fakes/simulation/plan.ts'
import { type Run, runSession } from '../fakes/simulation/session-run.ts'

// Node makes and drops an Error in each cipher; its stack trace costs more than the cipher.
Error.stackTraceLimit = 0

const count = Number(process.env.SEEDS ?? 200)
const first = Number(process.env.FIRST_SEED ?? 1)

test('whatever fails and whenever, a session loses nothing, doubles nothing, keeps its order and has one writer', {
  timeout: 60_000 + count * 100,
}, async () => {
  const total = { fenced: 0, epochs: 0, shown: 0, events: 0, snapshots: 0, purged: 0, cancelled: 0, expired: 0 }
  const run = async (plan: Parameters<typeof runSession>[0]): Promise<Run> => {
    const done = await runSession(plan)
    for (const key of Object.keys(total) as (keyof typeof total)[]) total[key] += done.seen[key]
    return done
  }
  const failure = await findFailure(seedsFrom(first, count), run)
  expect(failure && story(failure)).toBeUndefined()
  // Otherwise the runs would show nothing.
  expect(total.fenced).toBeGreaterThan(count)
  expect(total.epochs).toBeGreaterThan(2 * count)
  expect(total.shown).toBeGreaterThan(2 * count)
  expect(total.events).toBeGreaterThan(5 * count)
  expect(total.snapshots).toBeGreaterThan(2 * count)
  expect(total.purged).toBeGreaterThan(5 * count)
  expect(total.cancelled).toBeGreaterThan(count / 20)
  expect(total.expired).toBeGreaterThan(count / 20)
})

test('a seed is the whole run', async () => {
  const tellAll = async (): Promise<string[]> => {
    const lines: string[] = []
    await runSession(planOf(7), { tell: (line) => lines.push(line) })
    return lines
  }
  expect(await tellAll()).toEqual(await tellAll())
})

test.each(keptPlans)('$name', async ({ plan }) => {
  expect((await runSession(plan)).violations).toEqual([])
})
