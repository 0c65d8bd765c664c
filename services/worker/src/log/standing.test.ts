import fc from 'fast-check'
import { expect, test } from 'vitest'
import { apply, emptyMemory } from './memory.ts'
import type { LogRecord } from './records.ts'
import {
  failuresSince,
  foldStanding,
  freshStanding,
  newChatsLockedUntilMs,
  quarantineAt,
  type Standing,
} from './standing.ts'

const startMs = Date.parse('2026-01-01T00:00:00.000Z')
const time = (seconds: number): string => new Date(startMs + seconds * 1_000).toISOString()
const account = { phone: '+999100' }

const failure = (seconds: number, code = 440): LogRecord => ({ kind: 'FAILURE', code, at: time(seconds) })
const quarantined = (seconds: number, until: number): LogRecord => ({
  kind: 'LIFECYCLE',
  lifecycle: {
    type: 'session.quarantined',
    data: { reason: 'replaced', code: 440, until: time(until), at: time(seconds) },
  },
})
const connected = (seconds: number): LogRecord => ({
  kind: 'LIFECYCLE',
  lifecycle: { type: 'session.connected', data: { account, at: time(seconds) } },
})
const restricted = (until: number): LogRecord => ({
  kind: 'LIFECYCLE',
  lifecycle: {
    type: 'session.restricted',
    data: { restriction: 'time_lock', detail: 'WEB_COMPANION_ONLY', until: time(until), at: time(0) },
  },
})
const after = (...records: LogRecord[]): Standing => records.reduce(foldStanding, freshStanding())

test('what failed is remembered by the next owner, and counted by code and time', () => {
  const lost: LogRecord = {
    kind: 'LIFECYCLE',
    lifecycle: { type: 'session.disconnected', data: { code: 440, reason: 'x', at: time(10) } },
  }
  const standing = after(failure(0), lost, failure(20, 500), failure(30))
  expect(failuresSince(standing, 440, startMs)).toBe(3)
  expect(failuresSince(standing, 440, startMs + 15_000)).toBe(1)
})

test('a quarantine lasts until its time, and is over at once when the login works', () => {
  const standing = after(quarantined(0, 600))
  expect(quarantineAt(standing, startMs + 599_000)).toMatchObject({ reason: 'replaced', code: 440 })
  expect(quarantineAt(standing, startMs + 600_000)).toBeUndefined()
  expect(after(quarantined(0, 600), connected(5)).quarantine).toBeUndefined()
})

test('a login does not make earlier failures forgotten; a restart by a person does, but not what WhatsApp forbids', () => {
  const standing = after(restricted(60), failure(0), quarantined(1, 600), connected(601))
  expect(failuresSince(standing, 440, startMs)).toBe(1)
  expect(standing.quarantines).toHaveLength(1)
  const restarted = foldStanding(standing, { kind: 'RELEASE', at: time(602) })
  expect(restarted).toEqual({ ...freshStanding(), restrictions: standing.restrictions })
})

test('new chats are locked until the time that WhatsApp gave, or until it takes the lock back', () => {
  const standing = after(restricted(60))
  expect(newChatsLockedUntilMs(standing, startMs + 59_999)).toBe(startMs + 60_000)
  expect(newChatsLockedUntilMs(standing, startMs + 60_000)).toBeUndefined()
  const lifted = foldStanding(standing, {
    kind: 'LIFECYCLE',
    lifecycle: { type: 'session.unrestricted', data: { restriction: 'time_lock', at: time(5) } },
  })
  expect(newChatsLockedUntilMs(lifted, startMs + 6_000)).toBeUndefined()
})

test('an unlinked account takes its standing with it', () => {
  expect(after(failure(0), quarantined(1, 600), { kind: 'RESET', at: time(2) })).toEqual(freshStanding())
})

test('however much fails, what is remembered has a bound', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1 }), { maxLength: 200 }), (kinds) => {
      const standing = after(...kinds.map((kind, n) => (kind ? failure(n) : quarantined(n, n + 1))))
      expect(standing.failures.length).toBeLessThanOrEqual(32)
      expect(standing.quarantines.length).toBeLessThanOrEqual(16)
    }),
  )
})

test('a quarantine and a restriction are told as events', () => {
  const memory = emptyMemory('ten_A', 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV')
  const events = [quarantined(0, 600), restricted(60), failure(1)].flatMap((record) => apply(memory, record))
  expect(events.map(({ type }) => type)).toEqual(['session.quarantined', 'session.restricted'])
  expect(memory.standing.restrictions.time_lock?.untilMs).toBe(startMs + 60_000)
})
