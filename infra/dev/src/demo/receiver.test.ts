import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'
import { verifyDelivery } from './receiver.ts'

const secret = `whsec_${Buffer.from('0123456789abcdef0123456789abcdef').toString('base64')}`
const at = '2026-11-20T10:00:00.000Z'
const body = JSON.stringify({
  type: 'session.deleted',
  timestamp: at,
  data: { at },
  id: 'evt_1',
  tenant_id: 'ten_1',
  session_id: 'ses_1',
  sequence: 3,
})

function signed(text: string, time = new Date()) {
  return {
    'webhook-id': 'evt_1',
    'webhook-timestamp': String(Math.floor(time.getTime() / 1000)),
    'webhook-signature': new Webhook(secret).sign('evt_1', time, text),
  }
}

test('a delivery with a valid signature is an event', () => {
  expect(verifyDelivery(secret, signed(body), body)).toMatchObject({ type: 'session.deleted', sequence: 3 })
})

test.each([
  ['another body', signed(body), `${body} `],
  ['an old signature', signed(body, new Date(Date.now() - 3_600_000)), body],
  ['no signature', {}, body],
  ['a body that is no event', signed('{}'), '{}'],
])('a delivery with %s is refused', (_, headers, text) => {
  expect(() => verifyDelivery(secret, headers, text)).toThrow()
})
