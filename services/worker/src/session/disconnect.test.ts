import fc from 'fast-check'
import { expect, test } from 'vitest'
import { freshStanding, type Standing } from '../log/standing.ts'
import {
  backoffMs,
  isCounted,
  knownCodes,
  meaningOf,
  proxyFailed,
  quarantineMs,
  reactionTo,
  rowOf,
} from './disconnect.ts'

const nowMs = Date.parse('2026-01-01T12:00:00.000Z')
const minute = 60_000
const hour = 60 * minute
/** A standing with a failure of that code at each of the times, in ms before now. */
const failedAt = (code: number, ...agoMs: number[]): Standing => ({
  ...freshStanding(),
  failures: agoMs.map((ago) => ({ code, atMs: nowMs - ago })),
})

test.each([
  [401, { kind: 'close', reason: 'logged_out', unlinked: true }],
  [402, { kind: 'quarantine', reason: 'temporarily_banned' }],
  [403, { kind: 'close', reason: 'banned', unlinked: false }],
  [405, { kind: 'quarantine', reason: 'outdated' }],
  [406, { kind: 'close', reason: 'banned', unlinked: false }],
  [408, { kind: 'reconnect', minMs: 0 }],
  [409, { kind: 'quarantine', reason: 'outdated' }],
  [411, { kind: 'close', reason: 'multidevice_mismatch', unlinked: true }],
  [428, { kind: 'reconnect', minMs: 0 }],
  [440, { kind: 'reconnect', minMs: 5_000, spreadMs: 25_000 }],
  [500, { kind: 'reconnect', minMs: 1_000 }],
  [503, { kind: 'reconnect', minMs: 5_000 }],
  [515, { kind: 'restart' }],
  [proxyFailed, { kind: 'reconnect', minMs: 1_000 }],
  [999, { kind: 'reconnect', minMs: 1_000 }],
])('a linked session meets code %i for the first time', (code, reaction) => {
  expect(reactionTo(code, true, failedAt(code, 0), nowMs)).toMatchObject(reaction)
})

test.each([
  [401, { kind: 'restart' }],
  [405, { kind: 'quarantine', reason: 'outdated' }],
  [408, { kind: 'close', reason: 'qr_timeout', unlinked: true }],
  [515, { kind: 'restart' }],
  [428, { kind: 'reconnect', minMs: 0 }],
  [proxyFailed, { kind: 'reconnect', minMs: 1_000 }],
])('a session that nobody scanned yet meets code %i', (code, reaction) => {
  expect(rowOf(code, false)).toEqual(reaction)
})

test('replaced twice in an hour it connects again; the third time it would be a fight', () => {
  expect(reactionTo(440, true, failedAt(440, 59 * minute, 0), nowMs).kind).toBe('reconnect')
  expect(reactionTo(440, true, failedAt(440, 61 * minute, 30 * minute, 0), nowMs).kind).toBe('reconnect')
  expect(reactionTo(440, true, failedAt(440, 59 * minute, 30 * minute, 0), nowMs)).toEqual({
    kind: 'quarantine',
    reason: 'replaced',
  })
})

test('five stream errors in ten minutes lead to a quarantine, four do not, and other codes do not count', () => {
  const four = failedAt(500, 9 * minute, 3 * minute, 2 * minute, 0)
  expect(reactionTo(500, true, four, nowMs).kind).toBe('reconnect')
  const others = { ...four, failures: [...four.failures, { code: 428, atMs: nowMs }] }
  expect(reactionTo(500, true, others, nowMs).kind).toBe('reconnect')
  const five = failedAt(500, 9 * minute, 3 * minute, 2 * minute, minute, 0)
  expect(reactionTo(500, true, five, nowMs)).toEqual({ kind: 'quarantine', reason: 'stream_errors' })
})

test('what a limit counts is written down also when there was no connection to lose', () => {
  expect([402, 405, 409, 440, 500].every(isCounted)).toBe(true)
  expect([408, 428, 503, 999].some(isCounted)).toBe(false)
})

test('no code ever costs the credentials but the two that say they are void, however often it comes', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 999 }), fc.array(fc.nat({ max: 24 * hour })), (code, ago) => {
      const reaction = reactionTo(code, true, failedAt(code, ...ago), nowMs)
      expect(reaction.kind === 'close' && reaction.unlinked).toBe(code === 401 || code === 411)
    }),
  )
})

test('every code has plain words', () => {
  expect(new Set([...knownCodes, 999].map(meaningOf)).size).toBe(knownCodes.length + 1)
})

test('a pause is at least the minimum, at most its spread or the doubling, and never beyond a minute more', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.integer({ min: 0, max: 60_000 }),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (n, minMs, random) => {
        const ms = backoffMs(n, { minMs }, random)
        expect(ms).toBeGreaterThanOrEqual(minMs)
        expect(ms).toBeLessThanOrEqual(minMs + Math.min(60_000, 500 * 2 ** n))
        const spread = backoffMs(n, { minMs: 5_000, spreadMs: 25_000 }, random)
        expect(spread).toBeGreaterThanOrEqual(5_000)
        expect(spread).toBeLessThanOrEqual(30_000)
      },
    ),
  )
  expect(backoffMs(20, { minMs: 0 }, 1)).toBe(60_000)
})

test('each quarantine within a day is twice as long, up to a bound', () => {
  const after = (earlier: number) => ({
    quarantines: Array.from({ length: earlier }, () => ({ reason: 'replaced' as const, atMs: nowMs - hour })),
  })
  expect([0, 1, 2, 9].map((n) => quarantineMs('replaced', after(n), nowMs, undefined) / minute)).toEqual([
    10, 20, 40, 360,
  ])
  const yesterday = { quarantines: [{ reason: 'replaced' as const, atMs: nowMs - 25 * hour }] }
  expect(quarantineMs('replaced', yesterday, nowMs, undefined)).toBe(10 * minute)
  expect(quarantineMs('stream_errors', after(3), nowMs, undefined)).toBe(5 * minute)
})

test('a ban lasts as long as WhatsApp says, a month at most', () => {
  expect(quarantineMs('temporarily_banned', freshStanding(), nowMs, 3 * hour)).toBe(3 * hour)
  expect(quarantineMs('temporarily_banned', freshStanding(), nowMs, 1e15)).toBe(30 * 24 * hour)
  expect(quarantineMs('temporarily_banned', freshStanding(), nowMs, undefined)).toBe(hour)
})
