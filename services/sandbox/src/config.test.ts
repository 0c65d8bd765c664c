import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'

test('defaults fit a development machine; the token has none', () => {
  const config = loadConfig({ SANDBOX_CONTROL_TOKEN: 'long-enough' })
  expect(config).toEqual({ host: '127.0.0.1', port: 8090, controlToken: 'long-enough' })
})

test('one message names every bad variable', () => {
  expect(() => loadConfig({ SANDBOX_PORT: 'x' })).toThrow(/SANDBOX_PORT.*SANDBOX_CONTROL_TOKEN/)
})
