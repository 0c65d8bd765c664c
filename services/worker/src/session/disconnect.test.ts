import fc from 'fast-check'
import { expect, test } from 'vitest'
import { backoffMs, reactionTo } from './disconnect.ts'

test.each([
  [401, { kind: 'close', reason: 'logged_out', unlinked: true }],
  [402, { kind: 'reconnect', minMs: 60_000, reason: 'temporarily banned' }],
  [403, { kind: 'close', reason: 'banned', unlinked: false }],
  [405, { kind: 'close', reason: 'outdated', unlinked: false }],
  [406, { kind: 'close', reason: 'banned', unlinked: false }],
  [408, { kind: 'reconnect', minMs: 0, reason: 'connection lost' }],
  [409, { kind: 'close', reason: 'outdated', unlinked: false }],
  [411, { kind: 'close', reason: 'multidevice_mismatch', unlinked: true }],
  [428, { kind: 'reconnect', minMs: 0, reason: 'connection closed' }],
  [440, { kind: 'reconnect', minMs: 5_000, reason: 'connection replaced' }],
  [500, { kind: 'reconnect', minMs: 1_000, reason: 'stream error' }],
  [503, { kind: 'reconnect', minMs: 5_000, reason: 'service unavailable' }],
  [515, { kind: 'restart' }],
])('a linked session meets code %i', (code, reaction) => {
  expect(reactionTo(code, true)).toEqual(reaction)
})

test('a session that nobody scanned ends with its QR strings, where a linked one would reconnect', () => {
  expect(reactionTo(408, false)).toEqual({ kind: 'close', reason: 'qr_timeout', unlinked: true })
  expect(reactionTo(408, true).kind).toBe('reconnect')
})

test('no unknown code ever costs the credentials', () => {
  fc.assert(
    fc.property(fc.integer({ min: 100, max: 999 }), (code) => {
      const reaction = reactionTo(code, true)
      expect(reaction.kind === 'close' && reaction.unlinked).toBe(code === 401 || code === 411)
    }),
  )
})

test('the back-off grows to a minute, has full jitter and keeps the minimum of its row', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1_000 }),
      fc.nat(60_000),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (n, min, r) => {
        const ms = backoffMs(n, min, r)
        expect(ms).toBeGreaterThanOrEqual(min)
        expect(ms).toBeLessThanOrEqual(min + Math.min(60_000, 500 * 2 ** n))
      },
    ),
  )
  expect(backoffMs(20, 0, 1)).toBe(60_000)
})
