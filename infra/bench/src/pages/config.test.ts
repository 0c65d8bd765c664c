import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'

test('an empty environment gives the run that the documentation describes', () => {
  expect(loadConfig({})).toEqual({ runs: 5, chats: 1_000, messages: 100_000 })
})

test('a variable that cannot be used is named', () => {
  expect(() => loadConfig({ RUNS: 'many' })).toThrow(/RUNS=many /)
})
