import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'

test('an empty environment gives the run that the documentation describes', () => {
  expect(loadConfig({})).toEqual({
    seconds: 15,
    sessions: 10,
    idleSessions: 50,
    contacts: 20,
    messages: 3_000,
    profile: false,
  })
})

test('every variable that cannot be used is named at once', () => {
  expect(() => loadConfig({ SECONDS: '0', SESSIONS: 'many' })).toThrow(/SECONDS=0 .*\nSESSIONS=many /)
})

test('more messages than the outboxes hold are refused, since the gateway would refuse them too', () => {
  expect(() => loadConfig({ MESSAGES: '5000', SESSIONS: '2' })).toThrow(/do not fit/)
})
