// As many messages as possible: the outboxes are filled while the network withholds its acknowledgements, then let go.
import { type BrokerUse, brokerBetween } from '../measure/broker.ts'
import { type CpuUse, cpuBetween } from '../measure/cpu.ts'
import { storedBytes } from '../measure/processes.ts'
import { pauseOutboxes, resumeOutboxes } from './pause-outboxes.ts'
import { allSent, settled, takenByNetwork } from './settle.ts'
import { targetOf, type World } from './world.ts'

const concurrency = 16

export type Drain = {
  messages: number
  /** Accepted a second, as fast as the gateway could, with the outboxes paused. */
  acceptedPerSecond: number
  /** Handed to the network a second, from the release of the outboxes to the last message. */
  sentPerSecond: number
  /** From the release until every view had every event. */
  settledMs: number
  /** Of filling and draining together. */
  cpu: CpuUse
  filling: CpuUse
  draining: CpuUse
  broker: BrokerUse
  /** What the broker made the storage write, in bytes, whole pages. */
  storageBytes: number
}

export async function measureDrain(world: World, messages: number, commandBytes: number): Promise<Drain> {
  const { load, cpu, broker, stack } = world
  const start = { broker: await broker(), stored: storedBytes(stack.pid('nats')), cpu: cpu() }
  await pauseOutboxes(world)
  const filled = await load.ask('asFastAsAccepted', { ...targetOf(world, 'drain'), messages, concurrency })
  world.ledger.expected += messages
  const backlog = world.ledger.expected - (await takenByNetwork(world))
  const atRelease = { atMs: performance.now(), cpu: cpu() }
  await resumeOutboxes(world)
  const sentAtMs = await allSent(world)
  const settledAtMs = await settled(world)
  const end = { broker: await broker(), stored: storedBytes(stack.pid('nats')), cpu: cpu() }
  return {
    messages,
    acceptedPerSecond: (messages * 1_000) / filled.elapsedMs,
    sentPerSecond: (backlog * 1_000) / (sentAtMs - atRelease.atMs),
    settledMs: settledAtMs - atRelease.atMs,
    cpu: cpuBetween(start.cpu, end.cpu),
    filling: cpuBetween(start.cpu, atRelease.cpu),
    draining: cpuBetween(atRelease.cpu, end.cpu),
    broker: brokerBetween(start.broker, end.broker, commandBytes),
    storageBytes: end.stored - start.stored,
  }
}
