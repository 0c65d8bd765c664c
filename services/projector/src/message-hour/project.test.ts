import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openChats } from '../chat-view/project.ts'
import { fold } from '../fold.ts'
import type { SessionRow } from '../session-view/project.ts'
import { createStory, messageIdAt, stored } from '../testing/events.ts'
import { countByHourDirectly, hoursOf } from '../testing/hours.ts'
import { monthOfEvents } from '../testing/month.ts'
import type { HourRow } from './project.ts'

const phone = { phone: '+999100200300' }

function additions(events: Parameters<typeof stored>[0], batchSize = events.length): HourRow[] {
  const sessions = new Map<string, SessionRow>()
  const rows: HourRow[] = []
  for (let at = 0; at < events.length; at += batchSize)
    rows.push(...fold(stored(events.slice(at, at + batchSize), at + 1), sessions, openChats([])).hours.values())
  return rows
}

test('a receipt counts in the hour of its message, however late it comes', () => {
  let nowMs = Date.parse('2026-11-20T09:59:59Z')
  const story = createStory('s', 'ten_a', () => new Date(nowMs).toISOString())
  const id = messageIdAt(nowMs, 'm')
  const events = [story.created('live'), story.sent(id, phone), story.delivered(id, phone)]
  nowMs += 50 * 3_600_000
  events.push(story.read(id, phone), story.received(messageIdAt(nowMs, 'n'), phone))
  events.push(story.deliveredToPhone('wa_of_the_phone', phone))
  const rows = additions(events)
  expect(rows).toHaveLength(2)
  expect(rows[0]).toMatchObject({
    ...{ tenant_id: 'ten_a', session_id: story.sessionId, mode: 'live', hour: '2026-11-20T09:00:00.000Z' },
    ...{ sent: 1, delivered: 1, read: 1, received: 0, first_sequence: 2, stream_seq: 4 },
  })
  expect(rows[1]).toMatchObject({ hour: '2026-11-22T11:00:00.000Z', received: 1, delivered: 0 })
})

test('whatever is stored twice, and however it is batched, the figures are those of a direct count', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 1, max: 60 }),
      fc.array(fc.nat(), { maxLength: 20 }),
      (seed, batch, again) => {
        const events = monthOfEvents({ seed, tenants: 2, sessionsPerTenant: 2, messagesPerSession: 25 })
        const all = [...events, ...again.flatMap((n) => events[n % events.length] ?? []), ...events.slice(-10)]
        expect(hoursOf(additions(all, batch))).toEqual(countByHourDirectly(all))
      },
    ),
    { numRuns: 60 },
  )
})
