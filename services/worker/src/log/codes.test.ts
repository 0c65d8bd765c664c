import { expect, test } from 'vitest'
import { type Codes, foldCodes, nextCodeAtMs, noCodes } from './codes.ts'
import type { LogRecord } from './records.ts'

const at = (minute: number) => new Date(minute * 60_000).toISOString()
const given = (records: LogRecord[]): Codes => records.reduce(foldCodes, noCodes())
const wished: LogRecord = { kind: 'CODE_WISHED', commandId: 'cmd_1', phone: '+999100200300', at: at(0) }
const requested = (minute: number): LogRecord => ({ kind: 'CODE_REQUESTED', at: at(minute) })

test('a wish lasts until it is refused, the session is unlinked, or a phone has linked it', () => {
  expect(given([wished]).wish).toEqual({ commandId: 'cmd_1', phone: '+999100200300', at: at(0) })
  const paired: LogRecord = {
    kind: 'LIFECYCLE',
    lifecycle: { type: 'session.paired', data: { account: {}, at: at(1) } },
  }
  const issued: LogRecord = {
    kind: 'LIFECYCLE',
    lifecycle: { type: 'session.code_issued', data: { expiresAt: at(2), at: at(1) } },
  }
  expect(given([wished, issued]).wish).toBeDefined()
  for (const end of [paired, { kind: 'CODE_REFUSED', at: at(1) }, { kind: 'RESET', at: at(1) }] as const) {
    expect(given([wished, end]).wish).toBeUndefined()
  }
})

test('the sixth code within an hour has to wait for the first to be an hour old, also after an unlinking', () => {
  const five = [0, 1, 2, 3, 4].map(requested)
  expect(nextCodeAtMs(given(five.slice(1)), 5 * 60_000)).toBeUndefined()
  expect(nextCodeAtMs(given([...five, { kind: 'RESET', at: at(5) }]), 5 * 60_000)).toBe(60 * 60_000)
  expect(nextCodeAtMs(given(five), 60 * 60_000)).toBeUndefined()
  expect(nextCodeAtMs(given([...five, requested(60)]), 60 * 60_000)).toBe(61 * 60_000)
})
