import { usage as usageSchema } from '@wagate/api/usage.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { messageCounts } from '../fakes/usage.ts'
import { usageCsv } from './csv.ts'
import { presentUsage } from './present.ts'
import { daysOf } from './range.ts'

const range = { from: '2026-11-19', to: '2026-11-21' }
const stored = {
  messages: [
    messageCounts('2026-11-19', 'text', { sent: 3, sentByPhone: 1, received: 2, failed: 1, mediaBytesSent: 5 }),
    messageCounts('2026-11-19', '', { delivered: 3, read: 1 }),
    messageCounts('2026-11-21', 'unsupported', { received: 4, mediaBytesReceived: 7 }),
    messageCounts('2026-11-21', 'text', { sent: 1, cancelled: 1 }),
  ],
  sessions: [
    { day: '2026-11-19', most: 2 },
    { day: '2026-11-21', most: 5 },
  ],
  calls: [{ day: '2026-11-19', succeeded: 10, refused: 2, rateLimited: 1, failed: 1 }],
}

test('every day of the range is there, with what was stored of it or with nothing', () => {
  const shown = presentUsage(range, 'live', stored)
  expect(usageSchema.parse(shown)).toEqual(shown)
  expect(shown.days.map(({ date, sessions }) => [date, sessions])).toEqual([
    ['2026-11-19', 2],
    ['2026-11-20', 0],
    ['2026-11-21', 5],
  ])
  expect(shown.days[0]).toMatchObject({
    messages: { sent: 3, sent_by_phone: 1, received: 2, delivered: 3, read: 1, failed: 1 },
    media_bytes: { sent: 5, received: 0 },
    api_calls: { total: 14, succeeded: 10, refused: 2, rate_limited: 1, failed: 1 },
  })
  expect(shown.days[0]?.messages.by_type).toEqual({ text: { sent: 3, sent_by_phone: 1, received: 2 } })
  expect(shown.days[1]?.messages.by_type).toEqual({})
})

test('the total is the sum of the days; of sessions it is the most', () => {
  const { total } = presentUsage(range, 'live', stored)
  expect(total).toMatchObject({
    sessions: 5,
    messages: { sent: 4, received: 6, delivered: 3, cancelled: 1 },
    media_bytes: { sent: 5, received: 7 },
    api_calls: { total: 14 },
  })
  expect(total.messages.by_type).toEqual({
    text: { sent: 4, sent_by_phone: 1, received: 2 },
    unsupported: { sent: 0, sent_by_phone: 0, received: 4 },
  })
})

test('types add up to the messages of their direction', () => {
  const row = fc
    .record({
      day: fc.constantFrom(...daysOf(range)),
      type: fc.constantFrom('text', 'unsupported', 'of a later version'),
      sent: fc.nat(9),
      sentByPhone: fc.nat(9),
      received: fc.nat(9),
    })
    .map(({ day, type, ...counts }) => messageCounts(day, type, counts))
  fc.assert(
    fc.property(fc.array(row, { maxLength: 12 }), (messages) => {
      const { total, days } = presentUsage(range, 'test', { messages, sessions: [], calls: [] })
      for (const direction of ['sent', 'sent_by_phone', 'received'] as const) {
        const byType = Object.values(total.messages.by_type).reduce((sum, counts) => sum + counts[direction], 0)
        const byDay = days.reduce((sum, day) => sum + day.messages[direction], 0)
        expect([byType, byDay]).toEqual([total.messages[direction], total.messages[direction]])
      }
    }),
  )
})

test('the table has a line per day, under columns that keep their place', () => {
  const [header, first, second, ...rest] = usageCsv(presentUsage(range, 'live', stored)).split('\r\n')
  expect(header).toBe(
    'date,mode,sessions,sent,sent_by_phone,received,delivered,read,played,failed,unconfirmed,cancelled,expired,media_bytes_sent,media_bytes_received,api_calls,api_calls_succeeded,api_calls_refused,api_calls_rate_limited,api_calls_failed,sent_text,sent_by_phone_text,received_text,sent_unsupported,sent_by_phone_unsupported,received_unsupported',
  )
  expect(first).toBe('2026-11-19,live,2,3,1,2,3,1,0,1,0,0,0,5,0,14,10,2,1,1,3,1,2,0,0,0')
  expect(second).toBe('2026-11-20,live,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0')
  expect(rest).toHaveLength(2)
  expect(rest.at(-1)).toBe('')
})
