// The runs of a scenario on a leg, added up: one row of the report.
import { availableParallelism } from 'node:os'
import { type Distribution, distributionOf } from '@wagate/bench/measure/percentiles.ts'
import type { Run } from '../play.ts'
import type { Leg, Scenario } from '../scenario.ts'

export type Row = {
  scenario: string
  title: string
  leg: Leg['name']
  seeds: number[]
  messages: number
  lost: number
  doubled: number
  undecryptable: number
  epochs: number
  takeover: Distribution | undefined
  verdict: 'passed' | 'failed' | 'aim missed' | 'not possible here'
  /** Why it is not `passed`, and what a reader should know. */
  remarks: string[]
}

export function rowOf(scenario: Scenario, leg: Leg, runs: readonly Run[]): Row {
  const sum = (of: (run: Run) => number): number => runs.reduce((total, run) => total + of(run), 0)
  const times = runs.flatMap(({ takeoverMs }) => takeoverMs)
  const takeover = times.length > 0 ? distributionOf(times) : undefined
  const aimMs = scenario.takeoverAimMs?.(leg)
  const failed = runs.filter(({ broken }) => broken.length > 0)
  const impossible = runs.find(({ notPossible }) => notPossible !== undefined)?.notPossible
  const missed = takeover && aimMs !== undefined && takeover.p95 > aimMs
  return {
    scenario: scenario.name,
    title: scenario.title,
    leg: leg.name,
    seeds: runs.map(({ seed }) => seed),
    messages: sum(({ messages }) => messages),
    lost: sum(({ losses }) => losses.lost),
    doubled: sum(({ losses }) => losses.doubled),
    undecryptable: sum(({ losses }) => losses.undecryptable),
    epochs: runs.reduce((most, { epochs }) => Math.max(most, epochs), 0),
    takeover,
    verdict:
      failed.length > 0 ? 'failed' : impossible !== undefined ? 'not possible here' : missed ? 'aim missed' : 'passed',
    remarks: [
      ...failed.map(
        ({ seed, broken }) => `seed ${seed}: ${broken[0]}${broken.length > 1 ? ` (+${broken.length - 1})` : ''}`,
      ),
      ...(impossible === undefined ? [] : [impossible]),
      ...(missed ? [`p95 of ${takeover.p95} ms; the aim is ${aimMs} ms`] : []),
      ...busyOf(runs),
      ...factsOf(runs),
    ],
  }
}

const worthTelling = 0.05

/** The run in which the machine had most to do: a takeover that had to wait for it says little of the system. */
function busyOf(runs: readonly Run[]): string[] {
  const measured = runs.flatMap(({ busy, takeoverMs }) => (busy ? [{ busy, sessions: takeoverMs.length }] : []))
  const most = measured.sort((one, other) => other.busy.machine - one.busy.machine)[0]
  if (!most) return []
  const { busy, sessions } = most
  const shares = Object.entries(busy.byPart)
    .filter(([, cores]) => cores >= worthTelling)
    .sort(([, one], [, other]) => other - one)
    .map(([part, cores]) => `${part} ${cores.toFixed(2)}`)
  const machine = `${busy.machine.toFixed(2)} of ${availableParallelism()} cores busy`
  const each = Math.round((busy.machine * busy.elapsedMs) / sessions)
  return [
    `while sessions came back, at most: ${[machine, ...shares].join(', ')}; ${each} ms of CPU for each, messages included`,
  ]
}

/** Figures as their range over the seeds. */
function factsOf(runs: readonly Run[]): string[] {
  const names = new Set(runs.flatMap(({ facts }) => Object.keys(facts)))
  return [...names].flatMap((name) => {
    const values = runs.flatMap(({ facts }) => facts[name] ?? [])
    const numbers = values.filter((value) => typeof value === 'number')
    if (numbers.length < values.length) return runs.length === 1 ? [`${name}: ${values[0]}`] : []
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)]
    return [low === high ? `${name}: ${low}` : `${name}: ${low}–${high}`]
  })
}
