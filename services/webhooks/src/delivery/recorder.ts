// Events → rows of `webhook_delivery` → the dispatcher. The batches of all shards that wait while one statement runs share the
// next one. The first attempt starts right after the commit, from memory; nothing is polled for it.
import type { Event } from '@wagate/messages/events.ts'
import { type Endpoint, endpointKey, type Mode } from '../endpoint/endpoint.ts'
import type { Dispatcher } from './dispatcher.ts'
import { planDeliveries } from './plan.ts'
import type { NewDelivery, SessionMode } from './queries.ts'

export type StoredEvent = { seq: number; event: Event }
/** Stores an event in DEAD_LETTERS. */
export type PutAside = (stored: StoredEvent, reason: string) => Promise<void>

export type RecorderDeps = {
  matching(tenantId: string, mode: Mode, type: Event['type']): Endpoint[]
  modeOf(events: readonly Event[]): Promise<(event: Event) => Mode>
  insert(sessions: readonly SessionMode[], deliveries: readonly NewDelivery[]): Promise<Set<string>>
  /** True for errors that the same events will bring again: the database refuses a value. */
  isRefusal(error: unknown): boolean
  dispatcher: Pick<Dispatcher, 'room' | 'add' | 'expectMore'>
  newId: (kind: 'delivery') => string
  monotonicMs: () => number
  /** How long the first batch waits for those of other shards. */
  gatherMs: number
}

type Waiting = { events: StoredEvent[]; putAside: PutAside; done: PromiseWithResolvers<void> }

/** `record` resolves once every delivery of the events is in the database, and rejects when that must be tried again. */
export function createRecorder(deps: RecorderDeps) {
  let waiting: Waiting[] = []
  let running = false

  const run = async (): Promise<void> => {
    running = true
    await new Promise((resolve) => setTimeout(resolve, deps.gatherMs))
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      await recordGroup(group)
    }
    running = false
  }

  const recordGroup = async (group: Waiting[]): Promise<void> => {
    try {
      await recordEvents(
        deps,
        group.flatMap(({ events }) => events),
      )
      for (const { done } of group) done.resolve()
    } catch (error) {
      for (const member of group)
        if (deps.isRefusal(error)) await recordOneByOne(member).then(member.done.resolve, member.done.reject)
        else member.done.reject(error)
    }
  }

  const recordOneByOne = async ({ events, putAside }: Waiting): Promise<void> => {
    for (const stored of events) {
      try {
        await recordEvents(deps, [stored])
      } catch (error) {
        if (!deps.isRefusal(error)) throw error
        await putAside(stored, 'refused by the database')
      }
    }
  }

  return {
    record(events: StoredEvent[], putAside: PutAside): Promise<void> {
      const done = Promise.withResolvers<void>()
      waiting.push({ events, putAside, done })
      if (!running) void run()
      return done.promise
    },
  }
}

async function recordEvents(deps: RecorderDeps, events: readonly StoredEvent[]): Promise<void> {
  const { dispatcher } = deps
  const sessions = events.flatMap(({ event }): SessionMode[] =>
    event.type === 'session.created'
      ? [{ tenantId: event.tenantId, sessionId: event.sessionId, mode: event.data.mode }]
      : [],
  )
  const modeOf = await deps.modeOf(events.map((stored) => stored.event))
  const planned = events.flatMap(({ seq, event }) =>
    planDeliveries(event, seq, deps.matching(event.tenantId, modeOf(event), event.type), deps.newId),
  )
  if (sessions.length === 0 && planned.length === 0) return
  const taken = new Map<string, number>()
  const deliveries = planned.map((delivery): NewDelivery => {
    const key = endpointKey(delivery)
    const count = (taken.get(key) ?? 0) + 1
    taken.set(key, count)
    return { ...delivery, claimed: count <= dispatcher.room(key) }
  })
  const claimedAtMs = deps.monotonicMs()
  const inserted = await deps.insert(sessions, deliveries)
  for (const [key, ofEndpoint] of Map.groupBy(deliveries, endpointKey)) {
    const mine = ofEndpoint.filter((one) => one.claimed && inserted.has(one.deliveryId))
    if (mine.length > 0) dispatcher.add(key, mine, claimedAtMs)
    if (ofEndpoint.some((one) => !one.claimed)) dispatcher.expectMore(key, true)
  }
}
