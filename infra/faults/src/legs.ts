import type { FaultsConfig } from './config.ts'
import type { Leg, Scenario } from './scenario.ts'

/** Most seeds: lease times divided by five, one broker. */
const short: Leg = { name: 'short', servers: 1, leaseTtlMs: 4_000 }
/** As in production: the real lease times, a cluster of three. */
const real: Leg = { name: 'real', servers: 3, leaseTtlMs: 20_000 }

const realSeeds = 2

export type Programme = { scenario: Scenario; leg: Leg; seeds: number[] }

/** What is played, in order: each scenario on each of its legs with each of its seeds. */
export function programmeOf(catalog: readonly Scenario[], config: FaultsConfig): Programme[] {
  return catalog
    .filter(({ name }) => config.scenarios.length === 0 || config.scenarios.includes(name))
    .flatMap((scenario) =>
      [short, real]
        .filter(({ name }) => (scenario.legs ?? ['short', 'real']).includes(name))
        .filter(({ name }) => config.leg === undefined || config.leg === name)
        .map((leg) => {
          const wanted = scenario.random ? config.seeds : 1
          const count = leg.name === 'short' ? wanted : Math.min(wanted, realSeeds)
          return { scenario, leg, seeds: Array.from({ length: count }, (_, n) => config.seed + n) }
        }),
    )
}
