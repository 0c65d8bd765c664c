import type { DeviceKeys } from '../account/account.ts'
import type { KeyBundle, OneTimePreKey, SignedPreKey } from './bundle.ts'
import { createPreKeyPool } from './pool.ts'

/** The public keys of one linked client, as it uploaded them. */
export type ClientKeys = DeviceKeys & {
  readonly identityKey: Uint8Array
  registrationId(): number
  signedPreKey(): SignedPreKey
  upload(upload: { registrationId: number; signedPreKey: SignedPreKey; preKeys: OneTimePreKey[] }): void
  rotate(signedPreKey: SignedPreKey): void
  preKeyCount(): number
  /** The one-time pre-keys that are left. */
  preKeys(): OneTimePreKey[]
}

export type ClientKeysHooks = {
  /** Called once whenever the supply falls below what clients are expected to keep, until the next upload. */
  onLow: (left: number) => void
  onTaken: () => void
  /** Called when a bundle had to go out without a one-time pre-key. */
  onExhausted: () => void
}

/** WhatsApp's clients refill when told that fewer than this many are left. */
const lowWater = 5

/** Phones make their keys themselves; those of linked clients are kept here. */
export function isClientKeys(keys: DeviceKeys): keys is ClientKeys {
  return 'preKeyCount' in keys
}

export function createClientKeys(
  registered: Omit<KeyBundle, 'preKey'>,
  hooks: ClientKeysHooks,
  preKeys: OneTimePreKey[] = [],
): ClientKeys {
  const { identityKey } = registered
  let { registrationId, signedPreKey } = registered
  let saidLow = false
  const pool = createPreKeyPool()
  pool.add(preKeys)

  return {
    identityKey,
    registrationId: () => registrationId,
    signedPreKey: () => signedPreKey,
    upload(upload) {
      registrationId = upload.registrationId
      signedPreKey = upload.signedPreKey
      pool.add(upload.preKeys)
      saidLow = false
    },
    rotate(key) {
      signedPreKey = key
    },
    preKeyCount: () => pool.count(),
    preKeys: () => pool.remaining(),
    takeBundle() {
      const preKey = pool.take()
      if (preKey) hooks.onTaken()
      else hooks.onExhausted()
      if (pool.count() < lowWater && !saidLow) {
        saidLow = true
        hooks.onLow(pool.count())
      }
      return { registrationId, identityKey, signedPreKey, preKey }
    },
  }
}
