import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'

test('an empty environment gives the run that the documentation describes', () => {
  expect(loadConfig({})).toMatchObject({ tenants: 500, keys: 2_000, requests: 2_000, rounds: 6, revocations: 100 })
})

test('every variable that cannot be used is named at once', () => {
  expect(() => loadConfig({ TENANTS: '0', ROUNDS: 'many' })).toThrow(/TENANTS=0 .*\nROUNDS=many /)
  expect(() => loadConfig({ TENANTS: '9', KEYS: '8' })).toThrow('KEYS=8 are fewer')
})
