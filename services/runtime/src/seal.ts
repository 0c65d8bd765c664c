// Secrets at rest: AES-256-GCM under the master key, bound by the additional data to the row that holds them, so that a
// sealed value copied into another row does not open there.
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'

type NamedKey = { id: string; key: Uint8Array }
/** The key of the deployment: seals. `id` is stored beside what it sealed; the old ones still open what they sealed. */
export type MasterKey = NamedKey & { old?: readonly NamedKey[] }
export type Sealed = { kekId: string; iv: Uint8Array; ciphertext: Uint8Array; tag: Uint8Array }

const algorithm = 'aes-256-gcm'

/**
 * From `MASTER_KEY` (base64 of 32 bytes), `MASTER_KEY_ID` and `MASTER_KEYS_OLD` (`id:base64`, several with commas).
 * @throws RangeError when one is not 32 bytes, or two have the same id
 */
export function parseMasterKey(base64: string, id: string, oldList = ''): MasterKey {
  const old = oldList.split(',').flatMap((entry) => {
    const [oldId = '', text = ''] = entry.trim().split(':')
    return oldId ? [namedKey(oldId, text)] : []
  })
  if (new Set([id, ...old.map((key) => key.id)]).size <= old.length) throw new RangeError('two master keys have one id')
  return { ...namedKey(id, base64), old }
}

function namedKey(id: string, base64: string): NamedKey {
  const key = Buffer.from(base64, 'base64')
  if (key.length !== 32) throw new RangeError(`the master key ${id} must be 32 bytes, in base64`)
  return { id, key }
}

/** `aad` names the place of the secret: `<tenant>|<endpoint>` for a webhook endpoint's. */
export function sealSecret(master: MasterKey, aad: string, secret: string): Sealed {
  const iv = randomBytes(12)
  const cipher = createCipheriv(algorithm, master.key, iv)
  cipher.setAAD(Buffer.from(aad))
  const ciphertext = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()])
  return { kekId: master.id, iv, ciphertext, tag: cipher.getAuthTag() }
}

/** @throws when it was sealed by another key, for another place, or was changed */
export function openSecret(master: MasterKey, aad: string, sealed: Sealed): string {
  const named = [master, ...(master.old ?? [])].find(({ id }) => id === sealed.kekId)
  if (!named) throw new Error(`sealed by the master key ${sealed.kekId}, not ${master.id}`)
  const decipher = createDecipheriv(algorithm, named.key, sealed.iv, { authTagLength: 16 })
  decipher.setAAD(Buffer.from(aad))
  decipher.setAuthTag(sealed.tag)
  return Buffer.concat([decipher.update(sealed.ciphertext), decipher.final()]).toString('utf8')
}

/** As records of JSON keep it. */
export type SealedText = { kekId: string; iv: string; ciphertext: string; tag: string }

const text = (from: Uint8Array): string => Buffer.from(from).toString('base64url')
const bytes = (from: string): Uint8Array => Buffer.from(from, 'base64url')

export function sealText(master: MasterKey, aad: string, secret: string): SealedText {
  const { kekId, iv, ciphertext, tag } = sealSecret(master, aad, secret)
  return { kekId, iv: text(iv), ciphertext: text(ciphertext), tag: text(tag) }
}

/** @throws as `openSecret` */
export function openText(master: MasterKey, aad: string, { kekId, iv, ciphertext, tag }: SealedText): string {
  return openSecret(master, aad, { kekId, iv: bytes(iv), ciphertext: bytes(ciphertext), tag: bytes(tag) })
}
