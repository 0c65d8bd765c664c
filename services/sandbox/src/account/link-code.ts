/**
 * The cryptography of linking by code, the phone's side. Client and phone exchange ephemeral keys, each encrypted under the
 * code; only who knows the code gets the shared key that opens the client's bundle. A wrong code shows there and not earlier.
 */
import { randomBytes } from 'node:crypto'
import { aesDecryptCTR, aesDecryptGCM, aesEncryptCTR, Curve, derivePairingCodeKey, hkdf } from '@whiskeysockets/baileys'

type KeyPair = { public: Uint8Array; private: Uint8Array }

const saltBytes = 32
const ctrIvBytes = 16
const gcmIvBytes = 12
const keyBytes = 32
/** Salt, iv and public key. */
export const wrappedKeyBytes = saltBytes + ctrIvBytes + keyBytes

/** Reads a code as a person types it; undefined when it is none. The alphabet leaves out 0, I, O and U. */
export function parseLinkCode(text: string): string | undefined {
  const code = text.replace(/[\s-]/g, '').toUpperCase()
  return /^[1-9A-HJ-NP-TV-Z]{8}$/.test(code) ? code : undefined
}

/** Encrypts an ephemeral public key under the code. */
export async function wrapKey(code: string, publicKey: Uint8Array): Promise<Buffer> {
  const salt = randomBytes(saltBytes)
  const iv = randomBytes(ctrIvBytes)
  return Buffer.concat([salt, iv, aesEncryptCTR(publicKey, await derivePairingCodeKey(code, salt), iv)])
}

/** With a wrong code this is some other key, and nothing tells. */
export async function unwrapKey(code: string, wrapped: Uint8Array): Promise<Buffer> {
  const bytes = Buffer.from(wrapped)
  const key = await derivePairingCodeKey(code, bytes.subarray(0, saltBytes))
  return aesDecryptCTR(bytes.subarray(saltBytes + ctrIvBytes), key, bytes.subarray(saltBytes, saltBytes + ctrIvBytes))
}

export type Exchange = {
  /** The phone's long-lived identity, and its key for this exchange. */
  identity: KeyPair
  ephemeral: KeyPair
  /** What the code decrypts the client's key to. */
  clientEphemeral: Uint8Array
  /** The identity that the client registered with. */
  clientIdentity: Uint8Array
}

/** The secret that the phone vouches with; undefined when the bundle does not open, or names other identities: a wrong code. */
export function openBundle(exchange: Exchange, wrapped: Uint8Array): Buffer | undefined {
  const { identity, ephemeral, clientEphemeral, clientIdentity } = exchange
  const shared = Curve.sharedKey(ephemeral.private, clientEphemeral)
  const bundle = Buffer.from(wrapped)
  const salt = bundle.subarray(0, saltBytes)
  const iv = bundle.subarray(saltBytes, saltBytes + gcmIvBytes)
  const key = Buffer.from(hkdf(shared, keyBytes, { salt, info: 'link_code_pairing_key_bundle_encryption_key' }))
  let opened: Buffer
  try {
    opened = aesDecryptGCM(bundle.subarray(saltBytes + gcmIvBytes), key, iv, Buffer.alloc(0))
  } catch {
    return undefined
  }
  const named = opened.subarray(0, 2 * keyBytes)
  if (!named.equals(Buffer.concat([clientIdentity, identity.public]))) return undefined
  const identityShared = Curve.sharedKey(identity.private, clientIdentity)
  const secret = Buffer.concat([shared, identityShared, opened.subarray(2 * keyBytes)])
  return Buffer.from(hkdf(secret, keyBytes, { info: 'adv_secret' }))
}
