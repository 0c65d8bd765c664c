import { expect, test } from 'vitest'
import { formatter, isTimeZone } from './format.ts'

const at = '2026-11-21T23:05:09Z'

test('times are told where the person is', () => {
  expect(formatter('en', 'UTC').dateTime(at)).toBe('Nov 21, 2026, 11:05 PM')
  expect(formatter('es', 'Asia/Jakarta').dateTime(at)).toBe('22 nov 2026, 6:05')
})

test('a day that is counted in UTC is the same for everybody', () => {
  expect(formatter('en', 'America/Los_Angeles').utcDay('2026-11-21')).toBe('Nov 21, 2026')
  expect(formatter('es', 'Asia/Jakarta').utcMonth('2026-11-30T23:00:00Z')).toBe('noviembre de 2026')
})

test('digits can be read beside phone numbers in every language', () => {
  expect(formatter('ar', 'UTC').number(1234)).toMatch(/^1[,٬]234$/)
})

test.each([
  [0, 'now'],
  [30, 'now'],
  [110, '1 min. ago'],
  [3 * 3_600, '3 hr. ago'],
  [26 * 3_600, 'yesterday'],
])('%i seconds before now is told as %s', (seconds, words) => {
  const now = new Date(at)
  expect(formatter('en', 'UTC').relative(new Date(now.getTime() - seconds * 1_000), now)).toBe(words)
})

test('what a browser claims to be a time zone is looked up', () => {
  expect(isTimeZone('America/Sao_Paulo')).toBe(true)
  expect(isTimeZone('Nowhere/Land')).toBe(false)
  expect(isTimeZone(undefined)).toBe(false)
})
