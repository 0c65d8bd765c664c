// People and customers who write to each other, and an exact record of what they were promised.
import { setTimeout as pause } from 'node:timers/promises'
import { ApiError } from '@wagate/api/call.ts'
import type { Client } from '@wagate/api/client.ts'
import type { Phone } from '@wagate/api/sandbox.ts'
import type { AcceptedSend, PhoneWrite } from './history/history.ts'
import type { LinkedSession } from './linked-session.ts'
import { waitFor } from './wait-for.ts'

export type Workload = {
  accepted: AcceptedSend[]
  written: PhoneWrite[]
  /** Sends one message through the API, again under the same key while the answer is 429 or 503. Resolves with its id. */
  send(from?: LinkedSession, text?: string): Promise<string>
  /** Has a person write to a session's account. */
  write(): Promise<void>
  /** That many in each direction, a few at a time. */
  exchange(messages: number, atOnce?: number): Promise<void>
  /** So many a second, in random directions, until the signal aborts; resolves when all that were begun are accepted. */
  steadily(perSecond: number, until: AbortSignal): Promise<void>
}

/** While the system takes no more, so many requests wait for it. */
const maxBegun = 200

/** Every message has a text of its own and goes between a session and a phone that `random` picks. */
export function createWorkload(world: {
  client: Client
  sessions: readonly LinkedSession[]
  phones: readonly Phone[]
  /** In [0, 1). */
  random: () => number
  /** How long one send may be refused before that is a failure. */
  patienceMs?: number
}): Workload {
  const { client, sessions, phones, random, patienceMs = 60_000 } = world
  const accepted: AcceptedSend[] = []
  const written: PhoneWrite[] = []
  let count = 0

  function pick<Item>(items: readonly Item[]): Item {
    const item = items[Math.floor(random() * items.length)]
    if (item === undefined) throw new Error('there is nobody to pick')
    return item
  }

  async function send(from = pick(sessions), body?: string): Promise<string> {
    const { sessionId } = from
    const { number: to } = pick(phones)
    const text = body ?? `outbound ${++count}`
    const idempotencyKey = `${sessionId}-${text}`
    const message = { to, type: 'text', text: { body: text } } as const
    const answer = await waitFor(
      async () => {
        try {
          return await client.sendMessage(sessionId, message, { idempotencyKey })
        } catch (error) {
          if (error instanceof ApiError && ![429, 500, 503].includes(error.problem.status)) return error
          throw error
        }
      },
      { what: `${text} to be accepted`, deadlineMs: patienceMs, everyMs: 100 },
    )
    if (answer instanceof Error) throw answer
    const acceptedAtMs = Date.parse(answer.created_at)
    accepted.push({ messageId: answer.id, sessionId, to, text, acceptedAtMs })
    return answer.id
  }

  async function write(): Promise<void> {
    const { sessionId, phone } = pick(sessions)
    const person = pick(phones)
    const text = `inbound ${++count}`
    const { id } = await client.sendFromPhone(person.id, { to: phone.number, text })
    written.push({ sessionId, from: person.number, waMessageId: id, text })
  }

  return {
    accepted,
    written,
    send,
    write,
    async exchange(messages, atOnce = 8) {
      let left = messages
      const lane = async () => {
        while (left-- > 0) await Promise.all([send(), write()])
      }
      await Promise.all(Array.from({ length: atOnce }, lane))
    },
    async steadily(perSecond, until) {
      const running = new Set<Promise<unknown>>()
      const startedAt = performance.now()
      let failure: unknown
      for (let begun = 0; !until.aborted && failure === undefined; ) {
        const due = ((performance.now() - startedAt) / 1_000) * perSecond
        if (begun < due && running.size < maxBegun) {
          const one: Promise<unknown> = (random() < 0.5 ? send() : write()).catch((error: unknown) => {
            failure ??= error
          })
          running.add(one)
          void one.then(() => running.delete(one))
          begun++
        } else await pause(5)
      }
      await Promise.all(running)
      if (failure !== undefined) throw failure
    },
  }
}

/** A small generator of repeatable numbers in [0, 1): the same seed gives the same workload (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
