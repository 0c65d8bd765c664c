// What sessions cost that are linked and silent: memory above the empty engine, and CPU.
import { setTimeout as pause } from 'node:timers/promises'
import type { TestStack } from '@wagate/testing/stack.ts'
import { type CpuUse, cpuBetween, readCpu } from '../measure/cpu.ts'
import { type Distribution, distributionOf } from '../measure/percentiles.ts'
import { residentBytes } from '../measure/processes.ts'
import { readWorker, type WorkerReading, watchEventLoop } from './reading.ts'
import { enginesBelow } from './takeover.ts'

/** Long enough for what starting leaves behind to be collected or given back. */
const restMs = 10_000

export type IdleSessions = {
  empty: WorkerReading
  full: WorkerReading
  rssPerSession: number
  heapPerSession: number
  externalPerSession: number
  cpu: CpuUse
  eventLoop: Distribution
}

export async function restingReading(url: string): Promise<WorkerReading> {
  await pause(restMs)
  return readWorker(url)
}

export async function measureIdle(
  stack: TestStack,
  { sessions, idleSeconds }: { sessions: number; idleSeconds: number },
  empty: WorkerReading,
): Promise<IdleSessions> {
  await pause(restMs)
  const worker = stack.pid('worker')
  const parts = {
    engine: enginesBelow(worker),
    supervisor: [worker],
    nats: [stack.pid('nats')],
    sandbox: [stack.pid('sandbox')],
  }
  const before = readCpu(parts)
  const delays = watchEventLoop(stack.url('worker'))
  await pause(idleSeconds * 1_000)
  const cpu = cpuBetween(before, readCpu(parts))
  const eventLoop = distributionOf(delays.stop())
  const reading = await readWorker(stack.url('worker'))
  // The kernel's figure, not the heartbeat's of a second ago.
  const full = { ...reading, rssBytes: parts.engine.reduce((sum, pid) => sum + residentBytes(pid), 0) }
  const per = (name: 'rssBytes' | 'heapBytes' | 'externalBytes'): number => (full[name] - empty[name]) / sessions
  return {
    empty,
    full,
    rssPerSession: per('rssBytes'),
    heapPerSession: per('heapBytes'),
    externalPerSession: per('externalBytes'),
    cpu,
    eventLoop,
  }
}
