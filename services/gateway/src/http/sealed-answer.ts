import { type MasterKey, openSecret, sealSecret } from '@wagate/runtime/seal.ts'
import { z } from 'zod'

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
