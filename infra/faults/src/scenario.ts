// What a scenario is: a name, a stack to break, and the breaking. The runner makes the rest: seeds, history, verdict, report.
import type { Scene } from './scene.ts'

/** Where and with which lease times the seeds of a scenario run. */
export type Leg = {
  name: 'short' | 'real'
  /** nats-servers: one, or a cluster of three with three replicas of everything. */
  servers: 1 | 3
  leaseTtlMs: number
}

export type Scenario = {
  /** As in `make faults f=<name>`. */
  name: string
  /** What is broken, in one line of the report. */
  title: string
  /** Whether the seed decides anything; if not, one run per leg tells all. */
  random: boolean
  /** Only on these legs; both unless told. */
  legs?: readonly Leg['name'][]
  /** Its figures are those of a machine that does nothing else: no other scenario runs beside it. */
  alone?: boolean
  /** Extra variables for every service of its stack. */
  environment?: Record<string, string>
  /** The longest acceptable p95 of a takeover; undefined when nothing is taken over. */
  takeoverAimMs?: (leg: Leg) => number
  /** Breaks things while people and customers write to each other. Returns when it has mended what it broke. */
  run(scene: Scene): Promise<void>
}

/** Thrown by a scenario that this machine cannot play; the reason goes into the report. */
export class NotPossibleHere extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'NotPossibleHere'
  }
}
