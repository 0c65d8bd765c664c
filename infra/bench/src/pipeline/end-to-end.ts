// One message at a time, so to speak: how long each takes all the way when nothing queues, and what it costs the broker.
import type { LoadResult } from '../load/calls.ts'
import { textOf } from '../load/texts.ts'
import { type BrokerUse, brokerBetween } from '../measure/broker.ts'
import { type Distribution, distributionOf } from '../measure/percentiles.ts'
import { followEvents } from './follow-events.ts'
import { settled } from './settle.ts'
import { targetOf, type World } from './world.ts'

export const modestRate = 20
const leadInSeconds = 1

export type EndToEnd = {
  perSecond: number
  messages: number
  /** POST → 202. */
  accepted: Distribution
  /** POST → the virtual phone shows it. */
  shown: Distribution
  /** POST → `message.sent` at a reader of the event stream. */
  sent: Distribution
  /** POST → `message.delivered` at a reader of the event stream. */
  delivered: Distribution
  broker: BrokerUse
}

export async function measureEndToEnd(world: World, seconds: number, commandBytes: number): Promise<EndToEnd> {
  const positions = await Promise.all(world.contacts.map(async ({ id }) => (await world.sandbox.shown(id)).at(-1)?.seq))
  await settled(world)
  const before = await world.broker()
  const events = await followEvents(world.api, ['message.sent', 'message.delivered'])
  const tag = 'alone'
  const result = await world.load.ask('atRate', {
    ...targetOf(world, tag),
    perSecond: modestRate,
    leadInSeconds,
    seconds,
  })
  world.ledger.expected += result.accepted.length
  await settled(world)
  await events.close()
  const after = await world.broker()
  const shownAtMs = new Map<string, number>()
  for (const [index, { id }] of world.contacts.entries())
    for (const { text, at } of await world.sandbox.shown(id, positions[index])) shownAtMs.set(text, Date.parse(at))

  const since = (atMs: (message: LoadResult['accepted'][number]) => number | undefined): Distribution =>
    distributionOf(
      measured(result).flatMap((message) => {
        const doneAtMs = atMs(message)
        return doneAtMs === undefined ? [] : [doneAtMs - message.dueAtMs]
      }),
    )
  return {
    perSecond: modestRate,
    messages: result.accepted.length,
    accepted: distributionOf(result.latenciesMs),
    shown: since(({ n }) => shownAtMs.get(textOf(tag, n))),
    sent: since(({ id }) => events.arrivedAtMs('message.sent', id)),
    delivered: since(({ id }) => events.arrivedAtMs('message.delivered', id)),
    broker: brokerBetween(before, after, commandBytes),
  }
}

const measured = ({ accepted }: LoadResult) => accepted.filter(({ n }) => n >= leadInSeconds * modestRate)
