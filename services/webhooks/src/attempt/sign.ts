// Standard Webhooks 1.0.0: the receiver checks `webhook-signature` over `<webhook-id>.<webhook-timestamp>.<body>`.
import { createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/** Made once per secret: making it costs more than a signature. */
export type SigningKey = KeyObject

/** The key of a secret as customers hold it: `whsec_` and base64. */
export function signingKey(secret: string): SigningKey {
  return createSecretKey(Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
}

/** The headers of one attempt, made at `nowMs`; `id` is the event's and stays over all attempts. */
export function signedHeaders(key: SigningKey, id: string, body: string, nowMs: number) {
  const timestamp = String(Math.floor(nowMs / 1_000))
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` }
}
