// A tenant with linked sessions, phones to talk to, a webhook receiver and an event feed: what a test of the whole system
// begins with, and the history that it ends with.
import type { Phone } from '@wagate/api/sandbox.ts'
import { violations } from './history/check.ts'
import type { History, Interruption, Network } from './history/history.ts'
import {
  type EventFeed,
  followEvents,
  readAppends,
  readLists,
  readScreens,
  type StoredAppend,
  seenEvent,
} from './history/observe.ts'
import { createLinkedSession, type LinkedSession } from './linked-session.ts'
import { networkOf, readJournal, readStats, recordJournal } from './sandbox-control.ts'
import type { TestStack } from './stack.ts'
import { createTenant, type TestTenant } from './tenant.ts'
import { waitFor } from './wait-for.ts'
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts'
import { createWorkload, seeded, type Workload } from './workload.ts'

export type WorldOptions = {
  sessions: number
  phones: number
  seed: number
  /** Everything stored in the session logs, in order. */
  readLog: () => AsyncIterable<StoredAppend>
}

export type World = {
  tenant: TestTenant
  sessions: LinkedSession[]
  phones: Phone[]
  receiver: WebhookReceiver
  feed: EventFeed
  workload: Workload
  /** What the test broke, so that resends at those times are explained. Lost connections are added by themselves. */
  interruptions: Interruption[]
  /** Every accepted message has an outcome and every message that a person wrote was told, by the event stream. */
  isQuiet(): boolean
  history(): Promise<History>
  /** Resolves with every broken promise once there is none left, or when the deadline has passed: [] is the good end. */
  settled(deadlineMs?: number): Promise<string[]>
} & AsyncDisposable

/** Linking costs both sides a tenth of a second of CPU each; a phone waits only so long for a client that is busy. */
const linkedAtOnce = 8

export async function createWorld(stack: TestStack, options: WorldOptions): Promise<World> {
  // Each session has a phone of its own.
  const tenant = await createTenant(stack, {
    sessions: Math.max(10, options.sessions),
    phones: Math.max(100, options.sessions + options.phones),
  })
  const { client } = tenant
  await recordJournal(stack, tenant.tenantId)
  await using opened = new AsyncDisposableStack()
  const receiver = opened.use(await startWebhookReceiver())
  const feed = opened.use(await followEvents(client))
  const endpoint = await client.createWebhook({ url: receiver.url })
  receiver.trust(endpoint.secret)
  const phones = await Promise.all(Array.from({ length: options.phones }, () => client.createPhone()))
  const sessions: LinkedSession[] = []
  const linkMore = async () => {
    for (let begun = links++; begun < options.sessions; begun = links++)
      sessions.push(await createLinkedSession(client))
  }
  let links = 0
  await Promise.all(Array.from({ length: linkedAtOnce }, linkMore))
  const workload = createWorkload({ client, sessions, phones, random: seeded(options.seed) })
  const interruptions: Interruption[] = []
  const sessionIds = sessions.map(({ sessionId }) => sessionId)

  const sessionOf = new Map(sessions.map(({ sessionId, phone }) => [phone.number, sessionId]))

  async function readNetwork(): Promise<Network> {
    const noted = (await readJournal(stack, tenant.tenantId)).frames
    const frames = noted.flatMap(({ from, id, atMs, loggedInAtMs }) => {
      const sessionId = sessionOf.get(from)
      return sessionId ? [{ sessionId, waMessageId: id, atMs, loggedInAtMs }] : []
    })
    return { ...networkOf(await readStats(stack, tenant.tenantId)), frames }
  }

  async function history(): Promise<History> {
    const events = feed.events.map(({ data }) => seenEvent(data))
    const lost = events.filter(({ type }) => type === 'session.disconnected')
    return {
      accepted: workload.accepted,
      written: workload.written,
      shown: await readScreens(client, phones),
      events,
      webhooks: receiver.received
        .filter(({ status }) => status < 300)
        .map(({ webhookId, event }) => ({ webhookId, event: seenEvent(event) })),
      appends: await readAppends(options.readLog(), sessionIds),
      network: await readNetwork(),
      interruptions: [...interruptions, ...lost],
      listed: await readLists(client, sessionIds),
    }
  }

  function isQuiet(): boolean {
    const events = feed.events.map(({ data }) => data)
    const outcomes = ['message.sent', 'message.failed', 'message.unconfirmed', 'message.cancelled', 'message.expired']
    const settled = events.filter(({ type }) => outcomes.includes(type)).length
    const told = events.filter(({ type }) => type === 'message.received').length
    return settled >= workload.accepted.length && told >= workload.written.length
  }

  const all = opened.move()
  return {
    tenant,
    sessions,
    phones,
    receiver,
    feed,
    workload,
    interruptions,
    isQuiet,
    history,
    async settled(deadlineMs = 60_000) {
      let broken: string[] = ['nothing was looked at']
      const look = async () => {
        broken = [...violations(await history()), ...receiver.refused.map((why) => `a webhook was refused: ${why}`)]
        return broken.length === 0
      }
      await waitFor(look, { deadlineMs, everyMs: 250 }).catch(() => {})
      return broken
    },
    [Symbol.asyncDispose]: () => all.disposeAsync(),
  }
}
