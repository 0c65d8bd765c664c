import type { MessageAnalytics } from '@wagate/api/analytics.ts'
import { expect, test } from 'vitest'
import { createWorld } from '../fakes/world.ts'
import { presentAnalytics } from './present.ts'
import { rangeOf } from './range.ts'

const now = new Date('2026-11-20T10:30:00.000Z')
const text = ({ fromMs, untilMs }: ReturnType<typeof rangeOf>) =>
  [fromMs, untilMs].map((ms) => new Date(ms).toISOString().slice(0, 16))

test('a range has whole hours or days in UTC, and ends with the one that is running', () => {
  expect(text(rangeOf({}, now))).toEqual(['2026-11-19T11:00', '2026-11-20T11:00'])
  expect(text(rangeOf({ interval: 'day' }, now))).toEqual(['2026-10-22T00:00', '2026-11-21T00:00'])
  const given = { from: '2026-11-20T01:10:00+02:00', to: '2026-11-20T09:00:00Z' }
  expect(text(rangeOf(given, now))).toEqual(['2026-11-19T23:00', '2026-11-20T09:00'])
  expect(text(rangeOf({ from: '2026-11-18', to: '2026-11-20', interval: 'day' }, now))).toEqual([
    '2026-11-18T00:00',
    '2026-11-20T00:00',
  ])
})

test.each([
  [{ from: '2026-11-21', to: '2026-11-20' }, 'before `to`'],
  [{ from: '2026-10-01', to: '2026-11-20' }, 'at most 31 days by hour'],
  [{ from: '2026-06-01', to: '2026-06-20', interval: 'day' as const }, 'kept for 92 days'],
  [{ from: '2026-08-01', to: '2026-11-20', interval: 'day' as const }, 'at most 92 days'],
])('%j is refused with what to change', (query, words) => {
  expect(() => rangeOf(query, now)).toThrow(words)
})

test('hours without messages are there, and rates are of what was sent', () => {
  const range = rangeOf({ from: '2026-11-20T08:00:00Z', to: '2026-11-20T10:00:00Z' }, now)
  const counts = { received: 7, sent: 8, delivered: 6, read: 2, played: 0, failed: 2 }
  const rest = { unconfirmed: 0, cancelled: 1, expired: 0, sent_by_phone: 3 }
  const shown = presentAnalytics(range, 'live', [{ atMs: Date.parse('2026-11-20T09:00:00Z'), ...counts, ...rest }])
  expect(shown.buckets.map(({ at, sent }) => [at.slice(11, 16), sent])).toEqual([
    ['08:00', 0],
    ['09:00', 8],
  ])
  expect(shown).toMatchObject({ total: { ...counts, ...rest }, rates: { delivered: 0.75, read: 0.25, failed: 0.2 } })
  expect(presentAnalytics(range, 'live', []).rates).toEqual({ delivered: null, read: null, failed: null })
})

test('the mode and the account are those of the key', async () => {
  const asked: unknown[] = []
  const read = async (...given: unknown[]) => {
    asked.push(given.filter((_, n) => n !== 2))
    return []
  }
  const world = await createWorld({ analytics: { read } })
  const answer = await world.request(world.ours.key, 'GET', '/v1/analytics/messages?session_id=ses_1')
  expect(((await answer.json()) as MessageAnalytics).buckets).toHaveLength(24)
  expect(asked).toEqual([[world.ours.tenantId, 'test', 'ses_1']])
})
