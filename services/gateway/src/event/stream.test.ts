import { readFileSync } from 'node:fs'
import { type Event, parseEvent } from '@wagate/messages/events.ts'
import { eventSubject } from '@wagate/messages/subjects.ts'
import type { StoredMessage } from '@wagate/runtime/broker.ts'
import { expect, test } from 'vitest'
import { openStream } from './stream.ts'

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
