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
  get: (key: string) => Promise<{ value: Uint8Array; revision: number } | undefined>
  /** Rejects when the key exists. */
  create: (key: string, value: Uint8Array) => Promise<unknown>
  /** Rejects when the key is not at that revision any more. */
  update: (key: string, value: Uint8Array, revision: number) => Promise<unknown>
}

const nameOf = (tenantId: string, sessionId: string): string => `${tenantId}.${sessionId}`
const parse = (value: Uint8Array): WrappedKey => wrappedKey.parse(JSON.parse(Buffer.from(value).toString()))
const serialize = (record: WrappedKey): Uint8Array => Buffer.from(JSON.stringify(record))

/**
 * The session's data key, wrapped again if it is under an old master key. Made on first use, if the session has no log yet: a
 * log whose key is gone stays closed. Two workers that make it at once end with the same one.
 */
export async function loadDataKey(
  bucket: KeyBucket,
  master: MasterKey,
  tenantId: string,
  sessionId: string,
  hasLog: () => Promise<boolean>,
): Promise<Uint8Array> {
  const name = nameOf(tenantId, sessionId)
  const stored = await bucket.get(name)
  if (stored) {
    const record = parse(stored.value)
    const key = unwrapKey(master, tenantId, sessionId, record)
    if (record.kekId !== master.id) await rewrapKey(bucket, master, tenantId, sessionId).catch(() => {})
    return key
  }
  if (await hasLog()) throw new Error('the key of its log is gone')
  const key = randomBytes(32)
  try {
    await bucket.create(name, serialize(wrapKey(master, tenantId, sessionId, key)))
    return key
  } catch (error) {
    const winner = await bucket.get(name)
    if (!winner) throw error
    return unwrapKey(master, tenantId, sessionId, parse(winner.value))
  }
}

export type Rewrapped = 'rewrapped' | 'current' | 'gone'

/** Wraps the same key under the current master key. Rejects when no master key here opens it, or somebody changed it meanwhile. */
export async function rewrapKey(
  bucket: Pick<KeyBucket, 'get' | 'update'>,
  master: MasterKey,
  tenantId: string,
  sessionId: string,
): Promise<Rewrapped> {
  const name = nameOf(tenantId, sessionId)
  const stored = await bucket.get(name)
  if (!stored) return 'gone'
  const record = parse(stored.value)
  if (record.kekId === master.id) return 'current'
  const key = unwrapKey(master, tenantId, sessionId, record)
  await bucket.update(name, serialize(wrapKey(master, tenantId, sessionId, key)), stored.revision)
  return 'rewrapped'
}
