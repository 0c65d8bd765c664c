import { expect, test } from 'vitest'
import { loadConfig, mailAccessOf } from './config.ts'

const env = {
  ...{ NATS_URL: 'nats://127.0.0.1:4222', PORT: '8080', DATABASE_URL: 'postgres://127.0.0.1/wagate' },
  ...{ SANDBOX_URL: 'http://127.0.0.1:8090', SANDBOX_CONTROL_TOKEN: 'none', PUBLIC_URL: 'https://api.example.com' },
  ...{ CURSOR_SECRET: 'a secret of the tests', ACCOUNTS_SECRET: 'another secret of the tests, a long one' },
  ...{ MASTER_KEY: Buffer.alloc(32).toString('base64'), MASTER_KEY_ID: 'test' },
  ...{ S3_ENDPOINT: 'http://127.0.0.1:9', S3_BUCKET: 'none', S3_ACCESS_KEY_ID: 'none', S3_SECRET_ACCESS_KEY: 'none' },
}
const mail = { SMTP_URL: 'smtp://ada:secret@mail.example.com', MAIL_FROM: 'Wagate <no-reply@example.com>' }

test('without a mail server there is none, and links lead to the API’s address unless the dashboard has its own', () => {
  expect(mailAccessOf(loadConfig(env))).toBeUndefined()
  expect(loadConfig(env).DASHBOARD_URL).toBe('https://api.example.com')
  expect(loadConfig({ ...env, DASHBOARD_URL: 'https://app.example.com' }).DASHBOARD_URL).toBe('https://app.example.com')
})

test('in production mail leaves over an encrypted connection, unless its URL says otherwise', () => {
  const starttls = (change: object) => mailAccessOf(loadConfig({ ...env, ...mail, ...change }))?.access.starttls
  expect(starttls({})).toBe('optional')
  expect(starttls({ WAGATE_ENV: 'production' })).toBe('required')
  expect(starttls({ WAGATE_ENV: 'production', SMTP_URL: `${mail.SMTP_URL}?starttls=never` })).toBe('never')
})

test.each([
  [{ SMTP_URL: mail.SMTP_URL }, 'MAIL_FROM is not set, and SMTP_URL is'],
  [{ ...mail, MAIL_FROM: 'Wagate' }, 'MAIL_FROM must be like Wagate <no-reply@example.com>'],
  [{ ...mail, SMTP_URL: 'https://ada:secret@mail.example.com' }, 'SMTP_URL must be like smtp://user:password@host:587'],
  [{ DASHBOARD_URL: 'javascript:alert(1)' }, 'DASHBOARD_URL'],
])('%j is refused with what is wrong, and without the password', (change, told) => {
  expect(() => loadConfig({ ...env, ...change })).toThrow(told)
  expect(() => loadConfig({ ...env, ...change })).toThrow(/^(?!.*secret@)/)
})
