import type { Event } from '@wagate/messages/events.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { openChats } from '../chat-view/project.ts'
import { fold } from '../fold.ts'
import type { SessionRow } from '../session-view/project.ts'
import { createStory, messageIdOf, stored } from '../testing/events.ts'
import { anyStep, countLife, lifeInRows, lifeOf, withoutZeros } from '../testing/service-life.ts'
import type { ServiceRow } from './days.ts'

const account = { phone: '+999100200300' }
const second = 1_000
const time = (seconds: number): string => new Date(Date.UTC(2026, 10, 20) + seconds * second).toISOString()

/** The additions that the events make, folded in batches of that size, and the session after them. */
function projected(events: readonly Event[], batchSize = Math.max(1, events.length), from = 1) {
  const sessions = new Map<string, SessionRow>()
  const rows: ServiceRow[] = []
  for (let at = 0; at < events.length; at += batchSize)
    rows.push(...fold(stored(events.slice(at, at + batchSize), from + at), sessions, openChats([])).service.values())
  return { rows, session: [...sessions.values()][0] }
}

/** A story whose events happen at these seconds of the day. */
const storyAt = (...seconds: number[]) => createStory('one', 'ten_a', (sequence) => time(seconds[sequence - 1] ?? 0))

test('a session counts from its linking to its end, by whether it was connected', () => {
  const story = storyAt(0, 10, 40, 43, 100, 130, 1_000)
  const { rows } = projected([
    story.created('live'),
    story.qrIssued(),
    story.paired(account),
    story.connected(account),
    story.disconnected(),
    story.connected(account),
    story.closed(),
  ])
  expect(rows).toEqual([
    expect.objectContaining({
      ...{ tenant_id: 'ten_a', session_id: story.sessionId, day: '2026-11-20', mode: 'live' },
      ...{ up_ms: (57 + 870) * second, down_ms: (3 + 30) * second, excused_ms: 0 },
      ...{ links_tried: 1, links_made: 1, link_ms: 30 * second, migrations: 0, first_sequence: 1, stream_seq: 7 },
    }),
  ])
})

test('what the account or somebody with its credentials does is excused; what WhatsApp, the network and we do is not', () => {
  const away = (begin: (story: ReturnType<typeof storyAt>) => Event) => {
    const story = storyAt(0, 0, 100, 160)
    const events = [story.created('live'), story.connected(account), begin(story), story.connected(account)]
    const [row] = projected(events).rows
    return row && { down: row.down_ms / second, excused: row.excused_ms / second }
  }
  const [ours, excused] = [
    { down: 60, excused: 0 },
    { down: 0, excused: 60 },
  ]
  for (const code of [408, 428, 500, 503, 405, 1_001]) expect(away((story) => story.disconnected(code))).toEqual(ours)
  for (const code of [402, 440]) expect(away((story) => story.disconnected(code))).toEqual(excused)
  for (const reason of ['stream_errors', 'outdated', 'crash_loop'] as const)
    expect(away((story) => story.quarantined(reason))).toEqual(ours)
  for (const reason of ['replaced', 'temporarily_banned'] as const)
    expect(away((story) => story.quarantined(reason))).toEqual(excused)
  for (const reason of ['logged_out', 'banned'] as const)
    expect(away((story) => story.closed(reason))).toEqual({ down: 0, excused: 0 })
})

test('a crash that nobody told of counts from when the session was last hosted', () => {
  const story = storyAt(0, 0, 500)
  const lost = { takeover: { since: time(100), cause: 'lost' as const } }
  const { rows } = projected([story.created('live'), story.connected(account), story.connected(account, lost)])
  expect(rows).toMatchObject([{ up_ms: 100 * second, down_ms: 400 * second, migrations: 1, migrations_made: 1 }])
  expect(rows).toMatchObject([{ migrations_in_time: 0 }])
})

test('while the proxy of the customer let nothing through, the time is excused', () => {
  const story = storyAt(0, 0, 100, 500)
  const proxied = { proxyFailedSince: time(110) }
  const events = [story.created('live'), story.connected(account), story.disconnected()]
  const { rows } = projected([...events, story.connected(account, proxied)])
  expect(rows).toMatchObject([{ up_ms: 100 * second, down_ms: 10 * second, excused_ms: 390 * second }])
})

test('a change of the owner counts when it ends: with a connection, in time or late, or with an account to be linked anew', () => {
  const end = (make: (story: ReturnType<typeof storyAt>) => Event) => {
    const story = storyAt(0, 0, 100)
    const { rows } = projected([story.created('live'), story.connected(account), make(story)])
    return rows.map((row) => [row.migrations, row.migrations_made, row.migrations_in_time])
  }
  const since = (seconds: number) => ({ takeover: { since: time(seconds), cause: 'handed_over' as const } })
  expect(end((story) => story.connected(account, since(70)))).toEqual([[1, 1, 1]])
  expect(end((story) => story.connected(account, since(69.999)))).toEqual([[1, 1, 0]])
  expect(end((story) => story.closed('logged_out', since(70)))).toEqual([[1, 0, 0]])
  expect(end((story) => story.closed('banned', since(70)))).toEqual([[0, 0, 0]])
  expect(end((story) => story.quarantined('crash_loop', since(70)))).toEqual([[0, 0, 0]])
  expect(end((story) => story.connected(account))).toEqual([[0, 0, 0]])
})

test('an attempt to link is one, however many QR strings and codes it shows, and counts on the day on which it began', () => {
  const midnight = 86_400
  const story = storyAt(0, midnight - 60, midnight - 20, midnight + 10, midnight + 20, midnight + 30)
  const attempt = [
    story.created('live'),
    story.qrIssued(),
    story.qrIssued(),
    story.codeIssued(),
    story.paired(account),
    story.connected(account),
  ]
  const { rows } = projected(attempt)
  expect(rows.map(({ day, links_tried, links_made, link_ms }) => [day, links_tried, links_made, link_ms])).toEqual([
    ['2026-11-20', 1, 1, 80 * second],
    ['2026-11-21', 0, 0, 0],
  ])
})

test('an attempt that is given up is tried and not made; what follows is another', () => {
  const story = storyAt(0, 10, 250, 300, 540)
  const events = [story.created('live'), story.qrIssued(), story.closed('qr_timeout'), story.qrIssued()]
  expect(projected([...events, story.closed('qr_timeout')]).rows).toMatchObject([{ links_tried: 2, links_made: 0 }])
})

test('days without an event are filled when the state ends', () => {
  const story = storyAt(0, 3_600, 3 * 86_400 + 7_200)
  const { rows, session } = projected([story.created('live'), story.connected(account), story.disconnected()])
  expect(rows.map(({ day, up_ms }) => [day, up_ms / 3_600_000])).toEqual([
    ['2026-11-20', 23],
    ['2026-11-21', 24],
    ['2026-11-22', 24],
    ['2026-11-23', 2],
  ])
  expect(session).toMatchObject({ availability: 'down', availability_since: time(3 * 86_400 + 7_200) })
})

test('a clock that is wrong by years makes no more rows than a year has', () => {
  const story = storyAt(-50 * 365 * 86_400, -50 * 365 * 86_400, 0)
  const { rows } = projected([story.created('live'), story.connected(account), story.disconnected()])
  expect(rows.length).toBeLessThanOrEqual(401)
})

test('messages leave no trace', () => {
  const story = storyAt(0, 0, 5, 6)
  const before = [story.created('live'), story.connected(account)]
  const { rows, session } = projected([
    ...before,
    story.received(messageIdOf(1), account),
    story.sent(messageIdOf(2), account),
  ])
  expect(rows).toEqual([])
  expect(session?.availability_since).toBe(time(0))
})

test('whatever happens, however it is batched and whatever comes again, the figures are those of a count by the minute', () => {
  fc.assert(
    fc.property(
      fc.array(anyStep, { maxLength: 40 }),
      fc.integer({ min: 1, max: 45 }),
      fc.array(fc.nat(), { maxLength: 8 }),
      (steps, batch, again) => {
        const events = lifeOf(steps)
        const twice = again.map((n) => n % events.length).flatMap((n) => events.slice(n, n + 2))
        const { rows } = projected([...events, ...twice], batch)
        expect(lifeInRows(rows)).toEqual(withoutZeros(countLife(events)))
      },
    ),
    { numRuns: 400 },
  )
})

test('where a replay begins in the middle, with the row as it is at the end, it makes the same of all that it has whole', () => {
  fc.assert(
    fc.property(fc.array(anyStep, { minLength: 1, maxLength: 30 }), fc.nat(), (steps, cut) => {
      const events = lifeOf(steps)
      const whole = projected(events)
      const from = cut % events.length
      const key = `${events[0]?.tenantId}|${events[0]?.sessionId}`
      const kept: SessionRow[] = whole.session ? [{ ...whole.session, sequence: 0, stream_seq: 0 }] : []
      const replayed = fold(stored(events.slice(from), from + 1), new Map(kept.map((row) => [key, row])), openChats([]))
      const covered = whole.rows.filter((row) => row.first_sequence > from)
      for (const row of covered) expect(replayed.service.get(`${key}|${row.day}`)).toEqual(row)
      expect(replayed.sessions[0]).toMatchObject({
        availability: whole.session?.availability,
        availability_since: whole.session?.availability_since,
      })
    }),
    { numRuns: 400 },
  )
})
