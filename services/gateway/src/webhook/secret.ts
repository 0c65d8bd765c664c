// The signing secret of an endpoint: made here, shown once, sealed at rest.
import { type MasterKey, openSecret, type Sealed, sealSecret } from '@wagate/runtime/seal.ts'
import { z } from 'zod'

/** `whsec_` and 32 bytes in base64, as Standard Webhooks has it. */
export const newSecret = (randomBytes: (size: number) => Uint8Array): string =>
  `whsec_${Buffer.from(randomBytes(32)).toString('base64')}`

/** Bound to its row: the webhooks service opens it with the same words. */
export const sealForEndpoint = (master: MasterKey, tenantId: string, endpointId: string, secret: string): Sealed =>
  sealSecret(master, `${tenantId}|${endpointId}`, secret)

const bytes = z.base64().transform((text) => Buffer.from(text, 'base64'))
const stored = z.object({ kekId: z.string(), iv: bytes, ciphertext: bytes, tag: bytes })

/** How an idempotency record keeps an answer that holds a secret. */
export const sealedAnswer = (master: MasterKey, tenantId: string) => ({
  close(body: unknown) {
    const { kekId, ...parts } = sealSecret(master, `${tenantId}|answer`, JSON.stringify(body))
    const text = Object.entries(parts).map(([name, value]) => [name, Buffer.from(value).toString('base64')])
    return { kekId, ...Object.fromEntries(text) }
  },
  open: (body: unknown): unknown => JSON.parse(openSecret(master, `${tenantId}|answer`, stored.parse(body))),
})
