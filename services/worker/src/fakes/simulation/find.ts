// Looks through seeds for one that fails, and makes what fails smaller: what is left of its plan can be read.
import { type Plan, planOf } from './plan.ts'
import type { Run } from './session-run.ts'

export type Failure = { seed: number; plan: Plan; violations: string[] }

type RunPlan = (plan: Plan) => Promise<Pick<Run, 'violations'>>

/** The smallest plan that still fails after leaving out steps, half of them at first, one at a time at last. */
export async function shrink(plan: Plan, run: RunPlan): Promise<Plan> {
  let smallest = plan
  for (let size = Math.ceil(plan.steps.length / 2); size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
    for (let from = 0; from < smallest.steps.length; ) {
      const steps = smallest.steps.toSpliced(from, size)
      const smaller = { ...smallest, steps }
      if (steps.length > 0 && (await run(smaller)).violations.length > 0) smallest = smaller
      else from += size
    }
  }
  return smallest
}

/** Undefined when all seeds pass. */
export async function findFailure(seeds: Iterable<number>, run: RunPlan): Promise<Failure | undefined> {
  for (const seed of seeds) {
    const plan = planOf(seed)
    if ((await run(plan)).violations.length === 0) continue
    const smallest = await shrink(plan, run)
    return { seed, plan: smallest, violations: (await run(smallest)).violations }
  }
  return undefined
}

export function* seedsFrom(first: number, count: number): Iterable<number> {
  for (let seed = first; seed < first + count; seed++) yield seed
}

/** What to keep of a failure: paste the plan into `kept.ts` under a name that says what it was. */
export const story = ({ seed, plan, violations }: Failure): string =>
  [`seed ${seed} fails:`, ...violations.map((line) => `  ${line}`), `its smallest plan: ${JSON.stringify(plan)}`].join(
    '\n',
  )
