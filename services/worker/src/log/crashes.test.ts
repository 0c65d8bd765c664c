import { expect, test } from 'vitest'
import { diedOver, foldCrashes, isSuspicious, isWorthLeaving, loginAfter, noCrashes } from './crashes.ts'
import type { LogRecord } from './records.ts'

const start = Date.parse('2026-01-01T00:00:00.000Z')
const minute = 60_000
const time = (atMs: number): string => new Date(start + atMs).toISOString()
const claim = (atMs: number): LogRecord => ({ kind: 'CLAIM', epoch: 1, owner: 'e', at: time(atMs) })
const left: LogRecord = { kind: 'LEFT', at: time(0) }
const connected: LogRecord = {
  kind: 'LIFECYCLE',
  lifecycle: { type: 'session.connected', data: { account: {}, at: time(0) } },
}
const begun = (commandId: string): LogRecord => ({ kind: 'BEGUN', commandId, at: time(0) })
const queued = (commandId: string): LogRecord => ({
  kind: 'QUEUED',
  at: time(0),
  message: {
    commandId,
    messageId: 'm',
    to: '+1',
    content: { type: 'text', text: { body: '' } },
    lane: 'normal',
    acceptedAt: '',
  },
})
const after = (...records: LogRecord[]) => records.reduce(foldCrashes, noCrashes())
const claims = (count: number): LogRecord[] => Array.from({ length: count }, (_, n) => claim(n * 1_000))

test('a session that keeps ending before it logs in waits longer each time, and is held back at last', () => {
  const waits = [1, 2, 3, 4, 5, 6, 7].map((count) => loginAfter(after(...claims(count)), 0.5))
  expect(waits).toEqual([0, 0, 1_000, 2_000, 5_000, 20_000, 60_000].map((ms) => ({ ms })))
  expect(loginAfter(after(...claims(8)), 0.5)).toBe('held back')
})

test('a login wipes out what was for nothing, and the next claims still make the owner careful', () => {
  const crashes = after(...claims(7), connected, claim(8_000))
  expect(loginAfter(crashes, 0.5)).toEqual({ ms: 0 })
  expect(isSuspicious(crashes, start + 9_000)).toBe(true)
  expect(isSuspicious(crashes, start + 11 * minute)).toBe(false)
})

test('claims that are further apart than ten minutes are nothing to worry about', () => {
  const rare = Array.from({ length: 10 }, (_, n) => claim(n * 11 * minute))
  expect(isSuspicious(after(...rare), start + 9 * 11 * minute)).toBe(false)
  expect(loginAfter(after(...rare), 0.5)).toEqual({ ms: 0 })
})

test('a command over which three owners ended is poison, and no other', () => {
  const owner = (...commands: string[]) => [claim(0), ...commands.map(begun)]
  const crashes = after(...owner('b', 'a'), ...owner('a', 'b'), queued('b'), begun('a'), ...owner('b', 'a'), claim(0))
  expect(['a', 'b', 'c'].map((commandId) => diedOver(crashes, commandId))).toEqual(['poison', 0, 0])
})

test('what one owner begins again after each lost connection is no poison', () => {
  const crashes = after(claim(1), begun('a'), begun('a'), begun('a'))
  expect(diedOver(crashes, 'a')).toBe(0)
  expect(diedOver(foldCrashes(crashes, claim(2)), 'a')).toBe(1)
})

test('owners that leave in order make nobody careful, and what they had begun does not count', () => {
  const crashes = after(...[1, 2, 3, 4, 5].flatMap((n) => [claim(n), begun('a'), left]), claim(6))
  expect(isSuspicious(crashes, start + 6)).toBe(false)
  expect(diedOver(crashes, 'a')).toBe(0)
})

test('only an owner whose end could be taken for one crash too many says that it leaves', () => {
  expect(isWorthLeaving(after(claim(0)), start)).toBe(false)
  expect(isWorthLeaving(after(claim(0), claim(1)), start + 1)).toBe(true)
  expect(isWorthLeaving(after(claim(0), claim(1)), start + 11 * minute)).toBe(false)
})

test('somebody who restarts the session begins anew', () => {
  expect(after(...claims(8), begun('cmd_1'), { kind: 'RELEASE', at: time(0) })).toEqual(noCrashes())
})

test('what is remembered is bounded', () => {
  const crashes = after(
    ...claims(100),
    ...Array.from({ length: 1_000 }, (_, n) => [begun(`cmd_${n}`), claim(100_000)]).flat(),
  )
  expect(crashes.claims.length).toBeLessThanOrEqual(16)
  expect(Object.keys(crashes.begun)).toHaveLength(64)
})
