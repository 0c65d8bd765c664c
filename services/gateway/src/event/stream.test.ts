import { readFileSync } from 'node:fs'
import { type Event, parseEvent } from '@wagate/messages/events.ts'
import type { Notice } from '@wagate/messages/notices.ts'
import { eventSubject } from '@wagate/messages/subjects.ts'
import type { StoredMessage } from '@wagate/runtime/broker.ts'
import { expect, test } from 'vitest'
import { openStream, type StreamFilter } from './stream.ts'

const fixture = new URL('../../../../schemas/messages/fixtures/events/message.received.json', import.meta.url)
const parsed = parseEvent(readFileSync(fixture))
if (!parsed.ok) throw new Error(parsed.reason)
const { event } = parsed
const ours: Event = { ...event, tenantId: 'ten_ours' }
const theirs: Event = { ...event, tenantId: 'ten_theirs' }

const stored = (seq: number, subject: string, event: Event): StoredMessage => ({
  ...{ subject, seq, time: new Date(), headers: {} },
  data: Buffer.from(JSON.stringify(event)),
})

test("an event of another tenant under the tenant's subject is shown to nobody, and told", async () => {
  const unreadable: string[] = []
  const messages = [
    stored(1, eventSubject(ours, ours.type), theirs),
    stored(2, eventSubject({ ...ours, sessionId: 'ses_another' }, ours.type), ours),
    stored(3, eventSubject(ours, ours.type), ours),
  ]
  const { frames } = await openStream(
    {
      lastPosition: async () => 0,
      tail: async function* () {
        yield* messages
      },
      modeOfSession: () => 'test',
      onUnreadable: (reason) => unreadable.push(reason),
      liveNotices: { hear: () => ({ close: () => {} }) },
    },
    { tenantId: 'ten_ours', mode: 'test', types: undefined, sessionId: undefined, sessionIds: undefined },
    undefined,
    new AbortController().signal,
  )
  const shown = await Array.fromAsync(frames)
  expect(shown).toHaveLength(1)
  expect(shown[0]).toMatch(/^id: 3\n/)
  expect(shown.join()).not.toContain('ten_theirs')
  expect(unreadable).toEqual([1, 2].map(() => 'the subject and the envelope disagree'))
})

/** What a client with that filter is shown, when those notices are told before the stream ends. */
async function noticesShown(filter: Partial<StreamFilter>, told: Notice[]): Promise<string[]> {
  const end = Promise.withResolvers<void>()
  let closed = 0
  const { frames } = await openStream(
    {
      lastPosition: async () => 7,
      // biome-ignore lint/correctness/useYield: there is nothing to yield
      tail: async function* () {
        await end.promise
      },
      modeOfSession: () => 'test',
      onUnreadable: () => {},
      liveNotices: {
        hear: (tenantId, mode, hear) => {
          expect([tenantId, mode]).toEqual(['ten_ours', 'test'])
          for (const notice of told) hear(notice)
          end.resolve()
          return { close: () => void closed++ }
        },
      },
    },
    { tenantId: 'ten_ours', mode: 'test', types: undefined, sessionId: undefined, sessionIds: undefined, ...filter },
    undefined,
    new AbortController().signal,
  )
  const shown = await Array.fromAsync(frames)
  expect(closed).toBe(1)
  return shown
}

const at = '2026-11-22T10:00:00.000Z'
const updated: Notice = { v: 1, type: 'chat.updated', sessionId: 'ses_a', chatId: 'cht_1', at }
const typing: Notice = { v: 1, type: 'chat.typing', sessionId: 'ses_b', chatId: 'cht_2', state: 'composing', at }

test('notices come by the way, without an id, and only those that the client may and wants to see', async () => {
  const renamed: Notice = { v: 1, type: 'session.updated', sessionId: 'ses_a', at }
  expect(await noticesShown({}, [renamed])).toEqual([
    `event: session.updated\ndata: {"type":"session.updated","timestamp":"${at}","data":{"session_id":"ses_a"}}\n\n`,
  ])
  expect(await noticesShown({ sessionIds: ['ses_b'] }, [renamed])).toEqual([])
  const frame = `event: chat.updated\ndata: {"type":"chat.updated","timestamp":"${at}","data":{"chat_id":"cht_1","session_id":"ses_a"}}\n\n`
  expect(await noticesShown({}, [updated])).toEqual([frame])
  const both = [updated, typing]
  expect(await noticesShown({}, both)).toHaveLength(2)
  expect(await noticesShown({ sessionId: 'ses_a' }, both)).toEqual([frame])
  expect(await noticesShown({ sessionIds: ['ses_a'] }, both)).toEqual([frame])
  expect(await noticesShown({ types: new Set(['chat.updated', 'message.sent']) }, both)).toEqual([frame])
  expect(await noticesShown({ types: new Set(['message.sent']) }, both)).toEqual([])
})
