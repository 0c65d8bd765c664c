// The other way: people write to the sessions.
import { setTimeout as pause } from 'node:timers/promises'
import { placeOf, textOf } from '../load/texts.ts'
import { type BrokerUse, brokerBetween } from '../measure/broker.ts'
import { type CpuUse, cpuBetween } from '../measure/cpu.ts'
import { type Distribution, distributionOf } from '../measure/percentiles.ts'
import type { Phone, Sandbox } from '../sandbox/control.ts'
import { followEvents } from './follow-events.ts'
import { settled } from './settle.ts'
import type { World } from './world.ts'

const modestRate = 20
const modestMessages = 100
const atOnce = 16

export type Inbound = {
  messages: number
  /** A person sends → `message.received` at a reader of the event stream. */
  received: Distribution
  broker: BrokerUse
  burst: { messages: number; perSecond: number; cpu: CpuUse }
}

export async function measureInbound(world: World, messages: number, commandBytes: number): Promise<Inbound> {
  const { sandbox, contacts, broker, cpu } = world
  const numbers = world.sessions.map(({ phone }) => phone.number)
  await settled(world)
  const before = await broker()
  const events = await followEvents(world.api, ['message.received'])
  const sentAtMs = new Map<string, number>()
  const startMs = performance.now()
  for (let n = 0; n < modestMessages; n++) {
    await pause(Math.max(0, startMs + (n * 1_000) / modestRate - performance.now()))
    const text = textOf('hello', n)
    sentAtMs.set(text, performance.timeOrigin + performance.now())
    await writeTo(sandbox, contacts, numbers, n, text)
  }
  world.ledger.expected += modestMessages
  await settled(world)
  await events.close()
  const after = await broker()

  const beforeBurst = { cpu: cpu(), atMs: performance.now() }
  await writeAll(sandbox, contacts, numbers, messages)
  world.ledger.expected += messages
  const settledAtMs = await settled(world)
  const burst = cpuBetween(beforeBurst.cpu, cpu())
  return {
    messages: modestMessages,
    received: distributionOf(
      [...sentAtMs].flatMap(([text, atMs]) => {
        const arrivedAtMs = events.textArrivedAtMs(text)
        return arrivedAtMs === undefined ? [] : [arrivedAtMs - atMs]
      }),
    ),
    broker: brokerBetween(before, after, commandBytes),
    burst: { messages, perSecond: (messages * 1_000) / (settledAtMs - beforeBurst.atMs), cpu: burst },
  }
}

const writeTo = (sandbox: Sandbox, contacts: Phone[], numbers: string[], n: number, text: string): Promise<unknown> => {
  const { session, contact } = placeOf(n, numbers.length, contacts.length)
  return sandbox.send(contacts[contact]?.id ?? '', numbers[session] ?? '', text)
}

/** Each person to each session in turn, as fast as the sandbox takes them. */
export async function writeAll(
  sandbox: Sandbox,
  contacts: Phone[],
  numbers: string[],
  messages: number,
): Promise<void> {
  let next = 0
  const writeSome = async (): Promise<void> => {
    while (next < messages) {
      const n = next++
      await writeTo(sandbox, contacts, numbers, n, textOf('burst', n))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, writeSome))
}
