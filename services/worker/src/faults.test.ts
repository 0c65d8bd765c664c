import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'
import { poisonFor } from './faults.ts'

const env = {
  NATS_URL: 'nats://127.0.0.1:4222,nats://localhost:4223',
  PORT: '0',
  MASTER_KEY: Buffer.alloc(32).toString('base64'),
  MASTER_KEY_ID: 'k1',
  SANDBOX_WS_URL: 'ws://127.0.0.1:1/ws/chat',
  ...{ S3_ENDPOINT: 'http://127.0.0.1:1', S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'k', S3_SECRET_ACCESS_KEY: 's' },
}
const faults = [{ FAULT_POINTS: 'queued@20,none' }, { FAULT_POISON: 'taking:deadly,sending:lethal' }]

test.each(faults)('%o is taken beside a broker of its own', (fault) => {
  expect(() => loadConfig({ ...env, ...fault })).not.toThrow()
})

test.each(faults)('%o is refused in production, and with a broker elsewhere', (fault) => {
  expect(() => loadConfig({ ...env, ...fault, WAGATE_ENV: 'production' })).toThrow('fault tests')
  for (const NATS_URL of ['nats://nats:4222', 'nats://127.0.0.1:4222,nats://10.0.0.7:4222'])
    expect(() => loadConfig({ ...env, ...fault, NATS_URL })).toThrow('fault tests')
})

test('without faults every broker will do, in production too', () => {
  expect(() => loadConfig({ ...env, NATS_URL: 'tls://nats.example:4222', WAGATE_ENV: 'production' })).not.toThrow()
})

test('poison kills at its step and text, in sessions of the sandbox only', () => {
  const kill = () => {
    throw new Error('killed')
  }
  expect(poisonFor('live', ['sending:deadly'], kill)).toBeUndefined()
  expect(poisonFor('test', [], kill)).toBeUndefined()
  const handling = poisonFor('test', ['sending:deadly'], kill)
  expect(() => handling?.('taking', 'deadly')).not.toThrow()
  expect(() => handling?.('sending', 'deadly, almost')).not.toThrow()
  expect(() => handling?.('sending', 'deadly')).toThrow('killed')
})
