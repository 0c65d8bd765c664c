import type { Event } from '@wagate/messages/events.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openChats } from '../chat-view/project.ts'
import { fold } from '../fold.ts'
import type { SessionRow } from '../session-view/project.ts'
import { createStory, messageIdAt, messageIdOf, stored, timeOf } from '../testing/events.ts'
import { countDirectly, monthOfEvents } from '../testing/month.ts'
import { figuresByDay } from '../testing/usage.ts'
import type { UsageRow } from './project.ts'

const phone = { phone: '+999100200300' }

/** The additions that the events make, folded in batches of that size, each onto the sessions as the one before left them. */
function additions(events: Event[], batchSize = events.length): UsageRow[] {
  const sessions = new Map<string, SessionRow>()
  const rows: UsageRow[] = []
  for (let at = 0; at < events.length; at += batchSize) {
    const batch = stored(events.slice(at, at + batchSize), at + 1)
    rows.push(...fold(batch, sessions, openChats([])).usage.values())
  }
  return rows
}

test('messages count by direction and type, outcomes and receipts beside them', () => {
  const story = createStory()
  const [a, b, c] = [messageIdOf(1), messageIdOf(2), messageIdOf(3)]
  const rows = additions([
    story.created('live'),
    story.sent(a, phone),
    story.delivered(a, phone),
    story.read(a, phone),
    story.unconfirmed(b, phone),
    story.sent(b, phone),
    story.failed(c, phone),
    story.received(messageIdOf(4), phone),
    story.receivedUnsupported(messageIdOf(5), phone),
    story.echoed(messageIdOf(6), phone),
    story.deliveredToPhone('wa_of_the_phone', phone),
    story.closed(),
  ])
  expect(rows).toHaveLength(3)
  const ofType = (type: string) => rows.find((row) => row.message_type === type)
  expect(ofType('text')).toMatchObject({
    ...{ tenant_id: 'ten_a', session_id: story.sessionId, day: '2026-11-20', mode: 'live' },
    ...{ sent: 2, sent_by_phone: 1, received: 1, failed: 1, unconfirmed: 1, delivered: 0 },
    ...{ first_sequence: 2, stream_seq: 10, media_bytes_sent: 0 },
  })
  expect(ofType('unsupported')).toMatchObject({ received: 1, sent: 0, first_sequence: 9 })
  expect(ofType('')).toMatchObject({ delivered: 1, read: 1, played: 0, sent: 0, first_sequence: 3, stream_seq: 4 })
})

test('what only happens to sessions makes no row', () => {
  const story = createStory()
  expect(additions([story.created(), story.qrIssued(), story.connected(phone), story.closed()])).toEqual([])
})

test('a day ends at midnight in UTC, by the time of the event', () => {
  const times = ['2026-11-20T23:59:59.999Z', '2026-11-21T00:00:00.000Z']
  const story = createStory('s', 'ten_a', (sequence) => times[sequence - 1] ?? timeOf(0))
  const id = messageIdAt(Date.parse('2026-11-20T12:00:00Z'), 'm')
  const rows = additions([story.sent(id, phone), story.received(messageIdOf(2), phone)])
  expect(rows.map(({ day, sent, received }) => [day, sent, received])).toEqual([
    ['2026-11-20', 1, 0],
    ['2026-11-21', 0, 1],
  ])
})

test('whatever is stored twice, and however it is batched, the figures are those of a direct count', () => {
  const months = fc.record({
    seed: fc.nat(),
    tenants: fc.constant(2),
    sessionsPerTenant: fc.integer({ min: 1, max: 3 }),
  })
  fc.assert(
    fc.property(
      months,
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (month, batch, again) => {
        const events = monthOfEvents({ ...month, messagesPerSession: 25 })
        // More of them come once more, after events that followed them.
        const twice = again.flatMap((n) => events[n % events.length] ?? [])
        const all = [...events, ...twice, ...events.slice(-10)]
        expect(figuresByDay(additions(all, batch))).toEqual(countDirectly(all))
      },
    ),
    { numRuns: 60 },
  )
})
