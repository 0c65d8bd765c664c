// The keys that sign tokens: made by whichever gateway finds that one is due, sealed in the bucket `signing_keys`, in every
// gateway's memory. The public halves are published (RFC 7517), also those whose tokens may still be about.
import { randomUUID } from 'node:crypto'
import { maxTokenSeconds } from '@wagate/api/token.ts'
import { type SigningKeyRecord, signingKeyAad } from '@wagate/messages/control.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Mirror } from '@wagate/runtime/mirror.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { type MasterKey, openText, sealText } from '@wagate/runtime/seal.ts'
import { type CryptoKey, exportJWK, generateKeyPair, importJWK, type JWK } from 'jose'

export const algorithm = 'EdDSA'
const rotateAfterMs = 30 * 86_400_000
/** Others hear of a new key before the first token that it signed reaches them. */
const announcedForMs = 60_000
/** Longer than a token lives. */
const keptForMs = 2 * maxTokenSeconds * 1_000
const everyMs = 60_000

export type SigningKeysDeps = {
  bucket: Pick<KvBucket, 'create' | 'delete'>
  /** `refresh` only so many times a second: anybody can make up ids. */
  known: Pick<Mirror<SigningKeyRecord>, 'entries' | 'get' | 'refresh' | 'revisionOf'>
  masterKey: MasterKey
  now: () => Date
}
export type SigningKeys = ReturnType<typeof createSigningKeys>

export function createSigningKeys({ bucket, known, masterKey, now }: SigningKeysDeps) {
  /** What was opened or read before, by id; a key never changes. Of keys that are known only. */
  const privateKeys = new Map<string, CryptoKey | Uint8Array>()
  const publicKeys = new Map<string, CryptoKey | Uint8Array>()

  const newestFirst = (): SigningKeyRecord[] =>
    [...known.entries()]
      .map(([, record]) => record)
      .toSorted((a, b) => Date.parse(b.createdAt) - Date.parse(a.createdAt))
  const ageMs = ({ createdAt }: SigningKeyRecord): number => now().getTime() - Date.parse(createdAt)

  /** Undefined when it was sealed by a master key that is not there any more: it can still be verified with. */
  async function open(record: SigningKeyRecord): Promise<CryptoKey | Uint8Array | undefined> {
    const opened = privateKeys.get(record.keyId)
    if (opened) return opened
    let jwk: JWK
    try {
      jwk = JSON.parse(openText(masterKey, signingKeyAad(record.keyId), record.sealed))
    } catch {
      return undefined
    }
    const key = await importJWK(jwk, algorithm)
    privateKeys.set(record.keyId, key)
    return key
  }

  async function make(): Promise<SigningKeyRecord> {
    const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true })
    const keyId = randomUUID()
    const { x = '' } = await exportJWK(publicKey)
    const sealed = sealText(masterKey, signingKeyAad(keyId), JSON.stringify(await exportJWK(privateKey)))
    const record: SigningKeyRecord = { v: 1, keyId, createdAt: now().toISOString(), x, sealed }
    await bucket.create(keyId, Buffer.from(JSON.stringify(record)))
    return record
  }

  return {
    /** The newest that everybody knows, or the only one that there is; undefined before the first is made. */
    async current(): Promise<{ keyId: string; key: CryptoKey | Uint8Array } | undefined> {
      const records = newestFirst()
      const announced = records.filter((record) => ageMs(record) >= announcedForMs)
      for (const record of [...announced, ...records]) {
        const key = await open(record)
        if (key) return { keyId: record.keyId, key }
      }
      return undefined
    },

    /** To verify with; asked of the bucket's leader when memory does not know it. */
    async find(keyId: string): Promise<CryptoKey | Uint8Array | undefined> {
      // First of all whether there still is such a key: one that was removed is refused everywhere.
      const record = known.get(keyId) ?? (await known.refresh(keyId))
      if (!record) return undefined
      const read = publicKeys.get(keyId)
      if (read) return read
      const key = await importJWK({ kty: 'OKP', crv: 'Ed25519', x: record.x }, algorithm)
      publicKeys.set(keyId, key)
      return key
    },

    /** RFC 7517. */
    published: () => ({
      keys: newestFirst().map(({ keyId, x }) => ({
        kty: 'OKP',
        crv: 'Ed25519',
        use: 'sig',
        alg: algorithm,
        kid: keyId,
        x,
      })),
    }),

    /** Makes a key when none can sign or the newest is old; removes those whose tokens have all expired. */
    async refresh(): Promise<void> {
      const records = newestFirst()
      const usable = await Promise.all(records.map(async (record) => ((await open(record)) ? record : undefined)))
      const newest = usable.find((record) => record !== undefined)
      if (!newest || ageMs(newest) > rotateAfterMs) await make()
      // What is newer and does not open here is of a gateway that has another master key, and signs with it.
      const replaced =
        newest && ageMs(newest) > announcedForMs + keptForMs ? records.slice(records.indexOf(newest) + 1) : []
      for (const { keyId } of replaced) await bucket.delete(keyId, known.revisionOf(keyId)).catch(() => {}) // another gateway was first
      for (const cache of [privateKeys, publicKeys])
        for (const keyId of cache.keys()) if (!known.get(keyId)) cache.delete(keyId)
    },
  }
}

/** Refreshes every minute until the signal aborts. Outages are waited out: what is there goes on signing. */
export async function keepSigningKeys(keys: SigningKeys, logger: Logger, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(everyMs, signal)
    if (signal.aborted) return
    await keys.refresh().catch((error: unknown) => logger.warn({ event: 'signing_keys.not_refreshed', err: error }))
  }
}
