import { z } from 'zod'

const base64url = z.base64url()

/** A secret in a record of JSON, sealed by the master key `kekId` (AES-256-GCM); what it is bound to is told where it is used. */
export const sealedText = z.object({ kekId: z.string(), iv: base64url, ciphertext: base64url, tag: base64url })
