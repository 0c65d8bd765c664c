// How fast the gateway says 202 while the rest of the pipeline works: first with the outboxes paused, so that everything
// piles up in them, then while they drain.
import type { LoadResult } from '../load/calls.ts'
import { type CpuUse, cpuBetween } from '../measure/cpu.ts'
import { type Distribution, distributionOf } from '../measure/percentiles.ts'
import { pauseOutboxes, resumeOutboxes } from './pause-outboxes.ts'
import { allSent, settled, takenByNetwork } from './settle.ts'
import { targetOf, type World } from './world.ts'

export const pausedRate = 200
export const drainingRate = 50
/** Fills every session's window of unacknowledged messages, after which its outbox stands still; and warms the gateway. */
const leadInSeconds = 3

export type AcceptLatency = {
  perSecond: number
  requests: number
  refused: number
  latency: Distribution
  cpu: CpuUse
}

export type Accepting = { paused: AcceptLatency; draining: AcceptLatency & { backlog: number } }

export async function measureAccepting(world: World, seconds: number): Promise<Accepting> {
  const { load, cpu } = world
  await pauseOutboxes(world)
  const beforePaused = cpu()
  const paused = await load.ask('atRate', {
    ...targetOf(world, 'paused'),
    perSecond: pausedRate,
    leadInSeconds,
    seconds,
  })
  const afterPaused = cpu()

  world.ledger.expected += paused.accepted.length
  const backlog = world.ledger.expected - (await takenByNetwork(world))
  const loading = load.ask('atRate', {
    ...targetOf(world, 'draining'),
    perSecond: drainingRate,
    leadInSeconds: 0,
    seconds: 10 * seconds,
  })
  await resumeOutboxes(world)
  await allSent(world, 100)
  const afterDraining = cpu()
  await load.ask('stop', null)
  const draining = await loading
  world.ledger.expected += draining.accepted.length
  await settled(world)
  return {
    paused: summary(pausedRate, paused, cpuBetween(beforePaused, afterPaused)),
    draining: { ...summary(drainingRate, draining, cpuBetween(afterPaused, afterDraining)), backlog },
  }
}

const summary = (perSecond: number, result: LoadResult, cpu: CpuUse): AcceptLatency => ({
  perSecond,
  requests: result.latenciesMs.length,
  refused: Object.entries(result.statuses).reduce((sum, [status, count]) => (status === '202' ? sum : sum + count), 0),
  latency: distributionOf(result.latenciesMs),
  cpu,
})
