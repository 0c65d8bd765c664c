// One data key per session, wrapped by the master key and kept in the bucket `session_keys`.
// Forgetting the wrapped key makes every record of the session unreadable, wherever copies of it lie.
import { randomBytes } from 'node:crypto'
import { type WrappedKey, wrappedKey } from '@wagate/messages/control.ts'
import { type MasterKey, openSecret, sealSecret } from '@wagate/runtime/seal.ts'

/** Binds the wrapped key to its session, so that it does not open in another's place. */
const place = (tenantId: string, sessionId: string): string => `${tenantId}|${sessionId}|key`

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64url')
const bytes = (text: string): Uint8Array => Buffer.from(text, 'base64url')

function wrapKey(master: MasterKey, tenantId: string, sessionId: string, key: Uint8Array): WrappedKey {
  const { kekId, iv, ciphertext, tag } = sealSecret(master, place(tenantId, sessionId), text(key))
  return { v: 1, kekId, iv: text(iv), wrapped: text(ciphertext), tag: text(tag) }
}

/** Throws when the master key is not the one that wrapped it. */
function unwrapKey(master: MasterKey, tenantId: string, sessionId: string, record: WrappedKey): Uint8Array {
  const { kekId, iv, wrapped, tag } = record
  const sealed = { kekId, iv: bytes(iv), ciphertext: bytes(wrapped), tag: bytes(tag) }
  return bytes(openSecret(master, place(tenantId, sessionId), sealed))
}

export type KeyBucket = {
  get: (key: string) => Promise<{ value: Uint8Array } | undefined>
  /** Rejects when the key exists. */
  create: (key: string, value: Uint8Array) => Promise<unknown>
}

/** The session's data key; made on first use. Two workers that make it at once end with the same one. */
export async function loadDataKey(
  bucket: KeyBucket,
  master: MasterKey,
  tenantId: string,
  sessionId: string,
): Promise<Uint8Array> {
  const name = `${tenantId}.${sessionId}`
  const unwrap = (value: Uint8Array): Uint8Array =>
    unwrapKey(master, tenantId, sessionId, wrappedKey.parse(JSON.parse(Buffer.from(value).toString())))
  const stored = await bucket.get(name)
  if (stored) return unwrap(stored.value)
  const key = randomBytes(32)
  try {
    await bucket.create(name, Buffer.from(JSON.stringify(wrapKey(master, tenantId, sessionId, key))))
    return key
  } catch (error) {
    const winner = await bucket.get(name)
    if (!winner) throw error
    return unwrap(winner.value)
  }
}
