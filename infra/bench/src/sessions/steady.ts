// Messages in both directions at a constant rate, spread over all sessions, while the event loop is watched.
import { randomBytes } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { makeId } from '@wagate/messages/ids.ts'
import { commandSubject, eventsOfTenant } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { type Distribution, distributionOf } from '../measure/percentiles.ts'
import type { Phone, Sandbox } from '../sandbox/control.ts'
import { watchEventLoop } from './reading.ts'
import type { SeededSession } from './seed.ts'

export type SteadyPlan = { sendPerSecond: number; receivePerSecond: number; seconds: number }

export type Steady = SteadyPlan & {
  sent: number
  received: number
  /** Command published to event `message.sent`, and person sends to `message.received`, in ms. */
  sending: Distribution
  receiving: Distribution
  eventLoop: Distribution
}

export type SteadyWorld = {
  broker: Broker
  sandbox: Sandbox
  sessions: SeededSession[]
  people: Phone[]
  workerUrl: string
}

/** Each session writes to one person, who writes back: the pairs are warm after `warm`. */
const personOf = ({ people }: SteadyWorld, n: number): Phone => people[n % people.length] ?? { id: '', number: '' }

export async function measureSteady(world: SteadyWorld, plan: SteadyPlan): Promise<Steady> {
  const followed = await follow(world)
  const warmed = world.sessions.length
  await atRate(50, warmed, (n) => followed.send(n))
  await waitFor(() => followed.sending.length >= warmed, { what: 'every pair to be warm', deadlineMs: 300_000 })
  followed.forget()
  const delays = watchEventLoop(world.workerUrl)
  const outbound = plan.sendPerSecond * plan.seconds
  const inbound = plan.receivePerSecond * plan.seconds
  await Promise.all([
    atRate(plan.sendPerSecond, outbound, (n) => followed.send(n)),
    atRate(plan.receivePerSecond, inbound, (n) => followed.write(n)),
  ])
  const eventLoop = distributionOf(delays.stop())
  await waitFor(() => followed.sending.length >= outbound && followed.receiving.length >= inbound, {
    what: 'every message to arrive',
    deadlineMs: 60_000,
  })
  const { sending, receiving } = followed
  followed.stop()
  return {
    ...plan,
    sent: sending.length,
    received: receiving.length,
    sending: distributionOf(sending),
    receiving: distributionOf(receiving),
    eventLoop,
  }
}

async function follow(world: SteadyWorld) {
  const { broker, sandbox, sessions } = world
  const tenantId = sessions[0]?.config.tenantId ?? ''
  const begun = new Map<string, number>()
  const sending: number[] = []
  const receiving: number[] = []
  const stopping = new AbortController()
  const follower = (async () => {
    for await (const { data } of broker.tail('EVENTS', eventsOfTenant(tenantId), { signal: stopping.signal })) {
      const event = JSON.parse(Buffer.from(data).toString())
      const key = event.type === 'message.sent' ? event.data.messageId : event.data.content?.text?.body
      const begunAtMs = begun.get(key)
      if (begunAtMs === undefined) continue
      begun.delete(key)
      if (event.type === 'message.sent') sending.push(performance.now() - begunAtMs)
      if (event.type === 'message.received') receiving.push(performance.now() - begunAtMs)
    }
  })().catch(() => {})

  return {
    sending,
    receiving,
    async send(n: number): Promise<void> {
      const session = sessions[n % sessions.length]
      if (!session) return
      const now = new Date()
      const messageId = makeId('message', now.getTime(), randomBytes(10))
      const command = {
        id: makeId('command', now.getTime(), randomBytes(10)),
        type: 'message.send' as const,
        source: 'bench',
        time: now.toISOString(),
        tenantId,
        sessionId: session.config.sessionId,
        data: {
          messageId,
          to: personOf(world, n % sessions.length).number,
          content: { type: 'text', text: { body: `steady ${n} ${'lorem ipsum '.repeat(6)}` } },
          lane: 'normal',
          acceptedAt: now.toISOString(),
        },
      }
      begun.set(messageId, performance.now())
      await broker.publish(commandSubject(session.config, command.type), Buffer.from(JSON.stringify(command)), {
        msgId: command.id,
      })
    },
    async write(n: number): Promise<void> {
      const session = sessions[n % sessions.length]
      if (!session) return
      const text = `answer ${n} ${randomBytes(6).toString('hex')}`
      begun.set(text, performance.now())
      await sandbox.send(personOf(world, n % sessions.length).id, session.phone.number, text)
    },
    forget(): void {
      sending.length = 0
      receiving.length = 0
    },
    stop(): void {
      stopping.abort()
      void follower
    },
  }
}

/** Open loop: what is late delays nothing after it. */
async function atRate(perSecond: number, total: number, run: (n: number) => Promise<void>): Promise<void> {
  const startMs = performance.now()
  const begun: Promise<void>[] = []
  for (let n = 0; n < total; n++) {
    const waitMs = startMs + (n * 1_000) / perSecond - performance.now()
    if (waitMs > 0) await pause(waitMs)
    begun.push(run(n))
  }
  await Promise.all(begun)
}
