import { randomBytes } from 'node:crypto'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { signedHeaders, signingKey } from './sign.ts'

const secret = `whsec_${randomBytes(32).toString('base64')}`
const body = '{"type":"message.received","data":{"text":{"body":"grüß dich 👋"}}}'

test('the reference library of Standard Webhooks accepts the signature', () => {
  const headers = signedHeaders(signingKey(secret), 'evt_1', body, Date.now())
  expect(new Webhook(secret).verify(body, headers)).toEqual(JSON.parse(body))
})

test('it refuses another body, another id and an old attempt', () => {
  const webhook = new Webhook(secret)
  const headers = signedHeaders(signingKey(secret), 'evt_1', body, Date.now())
  expect(() => webhook.verify(`${body} `, headers)).toThrow()
  expect(() => webhook.verify(body, { ...headers, 'webhook-id': 'evt_2' })).toThrow()
  const old = signedHeaders(signingKey(secret), 'evt_1', body, Date.now() - 10 * 60_000)
  expect(() => webhook.verify(body, old)).toThrow('too old')
})
