// Each login verifies the two signatures of WhatsApp's certificates in JavaScript, 15 ms of CPU each, and they are the same for
// every session: what was found good once is not computed again. An engine that takes over a thousand sessions saves half a minute.
import { createHash } from 'node:crypto'
import { BoundedMap } from '../log/bounded-map.ts'

export type Verifier = { verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean }

/** Signatures of certificates; those of contacts' keys pass through and are seldom seen twice. */
const remembered = 256

/** Replaces `verify` of Baileys' `Curve`; bad signatures are computed each time. */
export function rememberVerified(curve: Verifier): void {
  const verify = curve.verify
  const good = new BoundedMap<string, true>(remembered)
  curve.verify = (publicKey, message, signature) => {
    const hash = createHash('sha256')
    for (const part of [publicKey, message, signature]) hash.update(`${part.length}:`).update(part)
    const key = hash.digest('base64')
    if (good.has(key)) return true
    const isGood = verify(publicKey, message, signature)
    if (isGood) good.set(key, true)
    return isGood
  }
}
