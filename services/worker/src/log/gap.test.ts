import { expect, test } from 'vitest'
import { foldGap, type Gap } from './gap.ts'
import { apply, emptyMemory } from './memory.ts'
import type { LogRecord } from './records.ts'

const time = (second: number): string => new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString()
const claim = (at: number, since?: number): LogRecord => ({
  ...{ kind: 'CLAIM', epoch: 1, owner: 'e', at: time(at) },
  ...(since === undefined ? {} : { since: time(since) }),
})
const left = (at: number): LogRecord => ({ kind: 'LEFT', at: time(at) })
const connected = (at: number): LogRecord => ({
  kind: 'LIFECYCLE',
  lifecycle: { type: 'session.connected', data: { account: {}, at: time(at) } },
})
const quarantined = (at: number): LogRecord => ({
  kind: 'LIFECYCLE',
  lifecycle: { type: 'session.quarantined', data: { reason: 'crash_loop', code: 0, until: time(99), at: time(at) } },
})
const closed = (at: number): LogRecord => ({
  kind: 'LIFECYCLE',
  lifecycle: { type: 'session.closed', data: { reason: 'banned', at: time(at) } },
})

/** The gap that a session's memory knows after the records. */
function after(...records: LogRecord[]): Gap {
  const memory = emptyMemory('ten_a', 'ses_01ARZ3NDEKTSV4RRFFQ69G5FAV')
  for (const record of records) apply(memory, record)
  return memory.gap
}

test('an owner that lets go in order leaves a gap from that moment on', () => {
  expect(after(claim(0), connected(1), left(5), claim(6))).toEqual({ since: time(5), cause: 'handed_over' })
})

test('an owner that is lost leaves a gap from when it was last known to host the session', () => {
  expect(after(claim(0), connected(1), claim(30, 8))).toEqual({ since: time(8), cause: 'lost' })
})

test('where nobody knows, nothing is said of the time before the claim', () => {
  expect(after(claim(0), connected(1), claim(30))).toEqual({ since: time(30), cause: 'lost' })
})

test('owners that end before they have connected make the gap no shorter', () => {
  const first = [claim(0), connected(1), claim(10, 8)]
  expect(after(...first, claim(20, 18), left(25), claim(26))).toEqual({ since: time(8), cause: 'lost' })
  expect(after(...first, quarantined(12), claim(20, 18))).toEqual({ since: time(8), cause: 'lost' })
})

test('a connection ends it, and so does a session that is closed', () => {
  expect(after(claim(0), connected(1), claim(10, 8), connected(11))).toBeUndefined()
  expect(after(claim(0), connected(1), claim(10, 8), closed(11), claim(20, 18))).toBeUndefined()
})

test('a session that is not linked has none, whoever owns it', () => {
  expect(after(claim(0), left(1), claim(2, 1))).toBeUndefined()
  expect(foldGap(undefined, left(1), { linked: true, closed: 'banned' })).toBeUndefined()
  expect(after(claim(0), connected(1), claim(10, 8), { kind: 'RESET', at: time(11) })).toBeUndefined()
})
