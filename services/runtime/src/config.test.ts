import { expect, test } from 'vitest'
import { z } from 'zod'
import {
  ConfigError,
  commonEnv,
  describeConfig,
  flag,
  masterKeyEnv,
  parseEnv,
  proxyNetworksEnv,
  proxyPolicyOf,
} from './config.ts'

const schema = z.object({ ...commonEnv, ...masterKeyEnv, ALLOW_PRIVATE_ENDPOINTS: flag.default(false) })
const key = Buffer.alloc(32, 7).toString('base64')
const good = {
  NATS_URL: 'nats://127.0.0.1:4222',
  PORT: '8080',
  MASTER_KEY: key,
  MASTER_KEY_ID: 'k1',
  UNRELATED: 'ignored',
}

test('variables become typed values, with defaults for those that are not set', () => {
  expect(parseEnv(schema, good)).toEqual({
    WAGATE_ENV: 'embedded',
    LOG_LEVEL: 'info',
    NATS_URL: 'nats://127.0.0.1:4222',
    HOST: '127.0.0.1',
    PORT: 8080,
    PARTITIONS: 64,
    LEASE_TTL_MS: 20_000,
    MASTER_KEY: key,
    MASTER_KEY_ID: 'k1',
    ALLOW_PRIVATE_ENDPOINTS: false,
  })
})

test('an empty variable counts as unset', () => {
  expect(parseEnv(schema, { ...good, LOG_LEVEL: '', ALLOW_PRIVATE_ENDPOINTS: '' })).toMatchObject({ LOG_LEVEL: 'info' })
})

test('every bad variable is named in one message, and no value is quoted', () => {
  const bad = { NATS_URL: 'http://secret-host', PORT: 'eighty', MASTER_KEY: 'c2hvcnQ=', PARTITIONS: '0' }
  const parsing = () => parseEnv(schema, bad)
  expect(parsing).toThrow(ConfigError)
  for (const name of ['NATS_URL', 'PORT', 'MASTER_KEY', 'PARTITIONS']) expect(parsing).toThrow(name)
  expect(parsing).not.toThrow(/secret-host|eighty|c2hvcnQ/)
  expect(() => parseEnv(schema, { ...good, MASTER_KEY: undefined })).toThrow('MASTER_KEY is not set')
})

test.each([
  ['true', true],
  ['1', true],
  ['false', false],
  ['0', false],
])('the flag %s is %s', (word, value) => {
  expect(flag.parse(word)).toBe(value)
})

test('the description of a configuration has no secrets in it', () => {
  const described = describeConfig({
    PORT: 8080,
    NATS_PASSWORD: 'hunter2',
    CURSOR_SECRET: '',
    DATABASE_URL: 'postgres://role:hunter2@db/wagate',
    SANDBOX_URL: 'http://user:hunter2@sandbox',
    MASTER_KEY: new Uint8Array(32),
    MASTER_KEY_ID: 'k1',
    S3_ENDPOINT: 'http://127.0.0.1:9000',
  })
  expect(described).toEqual({
    PORT: 8080,
    NATS_PASSWORD: 'set',
    CURSOR_SECRET: 'unset',
    DATABASE_URL: 'set',
    SANDBOX_URL: 'set',
    MASTER_KEY: 'set',
    MASTER_KEY_ID: 'k1',
    S3_ENDPOINT: 'http://127.0.0.1:9000',
  })
})

test('proxies may be at public addresses, and in the networks that are named', () => {
  const policy = (env: Record<string, string>) => proxyPolicyOf(parseEnv(z.object(proxyNetworksEnv), env))
  expect(policy({})('93.184.216.34')).toBe(true)
  expect(policy({})('10.20.0.1')).toBe(false)
  expect(policy({ PROXY_NETWORKS: '10.20.0.0/16, ::1/128' })('10.20.0.1')).toBe(true)
  expect(policy({ PROXY_NETWORKS: '10.20.0.0/16' })('127.0.0.1')).toBe(false)
  expect(() => policy({ PROXY_NETWORKS: '10.20.0.1' })).toThrow('PROXY_NETWORKS must be networks')
})
