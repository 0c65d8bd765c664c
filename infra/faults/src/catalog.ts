// Every scenario, in the order in which `make faults` plays them.
import type { Scenario } from './scenario.ts'
import { engineKilled } from './scenarios/engine-killed.ts'
import { hostKilled } from './scenarios/host-killed.ts'
import { workerStopped } from './scenarios/worker-stopped.ts'

export const catalog: readonly Scenario[] = [engineKilled, workerStopped, hostKilled]
