// Workers that share partitions, through thousands of storms, in virtual time (services/worker/README.md, "Simulation").
import { leaseTtlMs } from '@wagate/runtime/lease.ts'
import { expect, test } from 'vitest'
import { leaseLimits } from '../engine/lease-clock.ts'
import { seedsFrom } from '../fakes/simulation/find.ts'
import { type LeaseParts, runLeases } from '../fakes/simulation/leases-run.ts'

Error.stackTraceLimit = 0

const count = Number(process.env.SEEDS ?? 300)
const first = Number(process.env.FIRST_SEED ?? 1)

async function firstFailure(seeds: Iterable<number>, broken?: Partial<LeaseParts>): Promise<string | undefined> {
  for (const seed of seeds) {
    const { violations } = await runLeases(seed, broken)
    if (violations.length > 0) return `seed ${seed}: ${violations.join('; ')}`
  }
  return undefined
}

test('no partition is ever held by two by their own deadlines, and each finds an owner once the storm is over', {
  timeout: 60_000 + count * 200,
}, async () => {
  expect(await firstFailure(seedsFrom(first, count))).toBeUndefined()
})

const broken: { what: string; parts: Partial<LeaseParts> }[] = [
  {
    what: 'a renewal that does not look at what it replaces',
    parts: { kv: (real, put) => ({ ...real, update: (key, value) => put(key, value) }) },
  },
  {
    what: 'a claim that takes what somebody holds',
    parts: { kv: (real, put) => ({ ...real, create: (key, value) => put(key, value) }) },
  },
  { what: 'a deadline that is later than the lease', parts: { limits: leaseLimits(leaseTtlMs * 1.5) } },
  { what: 'a clock that runs at half its speed', parts: { clockSkew: 0.5 } },
]

test.each(broken)('$what is found', { timeout: 60_000 }, async ({ parts }) => {
  expect(await firstFailure(seedsFrom(1, 200), parts)).toMatch(/at once/)
})
