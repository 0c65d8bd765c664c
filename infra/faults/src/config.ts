// What a run of `make faults` breaks, and how often: from its environment.

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

const legNames = ['short', 'real'] as const

/** @throws with one line for every variable that cannot be used */
export function loadConfig(env: Record<string, string | undefined>, known: readonly string[]): FaultsConfig {
  const bad: string[] = []
  const number = (name: string, fallback: number, low: number, high: number): number => {
    const value = env[name] ? Number(env[name]) : fallback
    if (!Number.isInteger(value) || value < low || value > high)
      bad.push(`${name}=${env[name]} must be a whole number from ${low} to ${high}`)
    return value
  }
  const scenarios = env.f ? env.f.split(',') : []
  for (const name of scenarios) if (!known.includes(name)) bad.push(`f=${name} must be one of ${known.join(', ')}`)
  const leg = legNames.find((name) => name === env.leg)
  if (env.leg && !leg) bad.push(`leg=${env.leg} must be short or real`)
  const config: FaultsConfig = {
    scenarios,
    seeds: number('seeds', 20, 1, 1_000),
    seed: number('seed', Math.floor(Math.random() * 1_000_000), 0, 2 ** 31),
    leg,
  }
  if (bad.length > 0) throw new Error(bad.join('\n'))
  return config
}
