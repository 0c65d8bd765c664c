// A device with real Signal state of its own, for tests of what is written when.
import {
  addTransactionCapability,
  Curve,
  DEFAULT_CONNECTION_CONFIG,
  generateRegistrationId,
  generateSignalPubKey,
  initAuthCreds,
} from '@whiskeysockets/baileys'
import { lookupIn } from '../log/aliases.ts'
import { PackedKeys, packMutations } from '../log/packed-keys.ts'
import type { InboxEntry, KeyMutations } from '../log/records.ts'
import { silentLogger } from '../session/baileys.ts'
import { durableRepository } from '../signal/durable-repository.ts'
import { createKeyStore } from '../signal/key-store.ts'

const options = { maxCommitRetries: 1, delayBetweenTriesMs: 10 }

/** Ours writes what its log would get, and remembers plaintexts by hash as the session does. */
export function device({ ours }: { ours: boolean }) {
  const creds = initAuthCreds()
  const memory = new PackedKeys()
  const written: { mutations: KeyMutations; inbox: InboxEntry[] }[] = []
  const remembered = new Map<string, Uint8Array>()
  const store = createKeyStore({
    keys: memory,
    write: (mutations, inbox) => {
      written.push({ mutations, inbox })
      for (const { hash, plaintext } of inbox) remembered.set(hash, plaintext)
      memory.apply(mutations)
    },
  })
  const auth = { creds, keys: addTransactionCapability(store, silentLogger, options) }
  const make = ours
    ? durableRepository({
        plaintextOf: (hash) => remembered.get(hash),
        readMessage: () => undefined,
        lookup: lookupIn({ keys: memory }),
      })
    : DEFAULT_CONNECTION_CONFIG.makeSignalRepository
  return { creds, memory, written, repository: make(auth, silentLogger, async () => undefined) }
}

export type Device = ReturnType<typeof device>

/** The keys by which somebody begins to write to a device. */
export function bundleOf({ creds, memory }: Device) {
  const preKey = Curve.generateKeyPair()
  memory.apply(packMutations({ 'pre-key': { 1: preKey } }))
  return {
    registrationId: generateRegistrationId(),
    identityKey: generateSignalPubKey(creds.signedIdentityKey.public),
    signedPreKey: {
      keyId: creds.signedPreKey.keyId,
      publicKey: generateSignalPubKey(creds.signedPreKey.keyPair.public),
      signature: creds.signedPreKey.signature,
    },
    preKey: { keyId: 1, publicKey: generateSignalPubKey(preKey.public) },
  }
}
