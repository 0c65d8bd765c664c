// Every scenario, in the order in which `make faults` plays them.
import type { Scenario } from './scenario.ts'
import { clockSkew, engineStalled } from './scenarios/clock.ts'
import { deadly } from './scenarios/deadly.ts'
import { engineKilled } from './scenarios/engine-killed.ts'
import { foreignCopy } from './scenarios/foreign-copy.ts'
import { hostKilled } from './scenarios/host-killed.ts'
import { hostLost } from './scenarios/host-lost.ts'
import { hostDrained, hostJoins } from './scenarios/hosts.ts'
import { keysInLogs } from './scenarios/keys-in-logs.ts'
import { natsAllKilled, natsKilled, natsLeaderKilled, natsRolling } from './scenarios/nats.ts'
import { partition } from './scenarios/partition.ts'
import { poison } from './scenarios/poison.ts'
import { postgresDown } from './scenarios/postgres-down.ts'
import { repeats } from './scenarios/repeats.ts'
import { diskFull, s3Down } from './scenarios/storage.ts'
import { workerStopped } from './scenarios/worker-stopped.ts'

export const catalog: readonly Scenario[] = [
  engineKilled,
  workerStopped,
  hostKilled,
  natsKilled,
  natsLeaderKilled,
  natsRolling,
  natsAllKilled,
  postgresDown,
  s3Down,
  diskFull,
  repeats,
  poison,
  deadly,
  clockSkew,
  engineStalled,
  partition,
  foreignCopy,
  hostLost,
  hostDrained,
  hostJoins,
  keysInLogs,
]
