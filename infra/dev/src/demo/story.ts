// The demo from its first step to its last. Whatever fails throws; the caller tells.
import { urlOf, type Wiring } from '../stack/components.ts'
import { openAccount } from './account.ts'
import { tellEnding } from './ending.ts'
import { type Feed, followEvents } from './feed.ts'
import { type Belongings, clearAway, recall, remember } from './leftovers.ts'
import { link } from './link.ts'
import { prepare } from './prepare.ts'
import { startReceiver } from './receiver.ts'
import { reply } from './reply.ts'
import type { Screen } from './screen.ts'
import { send } from './send.ts'
import { answerWithinMs, type Keep } from './stage.ts'
import { createSteps } from './steps.ts'

export type StoryOptions = {
  wiring: Wiring
  /** The stack's data folder: what the demo leaves is remembered there. */
  dir: string
  text: string
  screen: Screen
  colour: boolean
  monotonicMs: () => number
  /** Told as soon as the event stream is followed, so that a failure can say what came. */
  onFeed: (feed: Feed) => void
}

export async function tellStory(options: StoryOptions): Promise<void> {
  const { wiring, dir, text, screen, colour, monotonicMs, onFeed } = options
  const baseUrl = urlOf('gateway', wiring.port.gateway)
  const leftovers = recall(dir)
  const clearing = leftovers ? clearAway(baseUrl, leftovers) : Promise.resolve()

  screen.head()
  const steps = createSteps({ screen, monotonicMs })
  const mailUrl = urlOf('mail', wiring.port.mail)
  const { account, client } = await openAccount(steps, { baseUrl, mailUrl }, leftovers?.account)
  const belongings: Belongings = { account, sessions: [], phones: [], webhooks: [] }
  const keep: Keep = ({ session, phone, webhook }) => {
    if (session) belongings.sessions.push(session)
    if (phone) belongings.phones.push(phone)
    if (webhook) belongings.webhooks.push(webhook)
    remember(dir, belongings)
  }

  const ended = new AbortController()
  const receiver = await startReceiver({ monotonicMs })
  try {
    const feed = followEvents({ events: client.events, signal: ended.signal, monotonicMs })
    onFeed(feed)
    const stage = { screen, steps, client, feed, receiver, monotonicMs }
    const people = await prepare(stage, keep)
    const session = await link(stage, people, keep, colour)
    const sent = await send(stage, people, session, text)
    const replied = await reply(stage, people, session, sent)
    // Its receiver ends with the demo; left alone, it would be tried again and again.
    for (const id of belongings.webhooks.splice(0)) await client.deleteWebhook(id)
    remember(dir, belongings)
    const dashboard = wiring.passedOn.DASHBOARD_URL ?? urlOf('ui', wiring.port.ui)
    tellEnding(screen, { baseUrl, dashboard, account, people, session, sent: sent.times, replied })
  } finally {
    ended.abort()
    await receiver.close()
    await Promise.race([clearing, new Promise((resolve) => setTimeout(resolve, answerWithinMs).unref())])
  }
}
