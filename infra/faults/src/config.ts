// What a run of `make faults` breaks, and how often: from its environment.
import { wholeNumbers } from '@wagate/bench/whole-numbers.ts'

export type FaultsConfig = {
  /** Only these scenarios; all when empty. */
  scenarios: string[]
  /** How many seeds a random scenario runs with short leases on one broker. */
  seeds: number
  /** The first seed; the next ones follow it. */
  seed: number
  /** Only this leg: `short` lease times on one broker, or `real` ones on three. */
  leg: 'short' | 'real' | undefined
}

const numbers = () => ({
  seeds: { fallback: 20, low: 1, high: 1_000 },
  seed: { fallback: Math.floor(Math.random() * 1_000_000), low: 0, high: 2 ** 31 },
})

const legNames = ['short', 'real'] as const

/** @throws with one line for every variable that cannot be used */
export function loadConfig(env: Record<string, string | undefined>, known: readonly string[]): FaultsConfig {
  const bad: string[] = []
  const number = wholeNumbers(env, numbers(), bad)
  const scenarios = env.f ? env.f.split(',') : []
  for (const name of scenarios) if (!known.includes(name)) bad.push(`f=${name} must be one of ${known.join(', ')}`)
  const leg = legNames.find((name) => name === env.leg)
  if (env.leg && !leg) bad.push(`leg=${env.leg} must be short or real`)
  const config: FaultsConfig = {
    scenarios,
    seeds: number('seeds'),
    seed: number('seed'),
    leg,
  }
  if (bad.length > 0) throw new Error(bad.join('\n'))
  return config
}
