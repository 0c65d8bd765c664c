import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allocateLid, allocateNumber, formatNumber, parseNumber } from './number.ts'

test('an E.164 number survives reading and writing', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[1-9]\d{6,14}$/), (digits) => {
      expect(parseNumber(formatNumber(digits))).toBe(digits)
    }),
  )
})

test.each(['', '+', '999000000001', '+0999000000', '+12345', '+1234567890123456', '+999 000 000 001', '+999abc0001'])(
  '%s is not a number',
  (text) => {
    expect(parseNumber(text)).toBeUndefined()
  },
)

test('allocated numbers lie in a country code that no country has, and skip what is taken', () => {
  const draws = [1, 1, 2]
  const number = allocateNumber(
    () => draws.shift() ?? 0,
    (digits) => digits === '999000000001',
  )
  expect(number).toBe('999000000002')
  expect(parseNumber(formatNumber(number))).toBe(number)
})

test('no allocated LID can be mistaken for an allocated number', () => {
  expect(
    allocateLid(
      (below) => below - 1,
      () => false,
    ),
  ).toMatch(/^1\d{14}$/)
})
