import { expect, test } from 'vitest'
import { mentions, namesParam } from './names.ts'

test('a number is found as a whole value only', () => {
  const mentioned = mentions(['+9991', '12@lid'])
  expect(mentioned('{"phone":"+9991"}')).toBe(true)
  expect(mentioned('{"lid":"12@lid"}')).toBe(true)
  expect(mentioned('{"phone":"+99912"}')).toBe(false)
  expect(mentioned('{"lid":"312@lid"}')).toBe(false)
  expect(mentioned('{"body":"call +9991 back"}')).toBe(false)
})

test('a job that names nobody erases nobody', () => {
  expect(namesParam({})).toBeUndefined()
  expect(namesParam({ names: [] })).toBeUndefined()
  expect(namesParam({ names: ['%'] })).toBeUndefined()
  expect(namesParam({ names: ['+999100200300'] })).toEqual(['+999100200300'])
})
