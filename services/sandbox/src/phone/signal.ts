/** A phone's end of Signal: its keys, its sessions, and the cipher, which is Baileys' own. */
import {
  Curve,
  generateRegistrationId,
  generateSignalPubKey,
  type KeyPair,
  type SignedKeyPair,
  signedKeyPair,
} from '@whiskeysockets/baileys'
import { makeLibSignalRepository } from '@whiskeysockets/baileys/lib/Signal/libsignal.js'
import type { DeviceKeys } from '../account/account.ts'
import type { KeyBundle } from '../keys/bundle.ts'
import { createSignalMemory, type SignalTables } from '../signal/store.ts'

export type Ciphertext = { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array }

export type PhoneSignal = DeviceKeys & {
  readonly identity: KeyPair
  readonly registrationId: number
  /** `jid` is always the LID address of a device; the session must exist. */
  encrypt(jid: string, plaintext: Uint8Array): Promise<Ciphertext>
  decrypt(jid: string, message: Ciphertext): Promise<Uint8Array>
  hasSession(jid: string): boolean
  startSession(jid: string, bundle: KeyBundle): Promise<void>
  save(): SavedSignal
}

export type SavedSignal = {
  identity: KeyPair
  registrationId: number
  signedPreKey: SignedKeyPair
  lastPreKey: number
  tables: SignalTables
}

const silent = { level: 'silent', child: () => silent, trace() {}, debug() {}, info() {}, warn() {}, error() {} }

/** Makes new keys, or goes on with saved ones. */
export function createPhoneSignal(saved: SavedSignal = freshSignal()): PhoneSignal {
  const { identity, registrationId, signedPreKey } = saved
  const memory = createSignalMemory(saved.tables)
  const creds = { signedIdentityKey: identity, signedPreKey, registrationId }
  const repository = makeLibSignalRepository({ creds, keys: memory }, silent)
  let { lastPreKey } = saved

  return {
    identity,
    registrationId,
    encrypt: (jid, plaintext) => repository.encryptMessage({ jid, data: Buffer.from(plaintext) }),
    decrypt: (jid, { type, ciphertext }) =>
      repository.decryptMessage({ jid, type, ciphertext: Buffer.from(ciphertext) }),
    hasSession: (jid) => memory.hasSession(repository.jidToSignalProtocolAddress(jid)),
    startSession: (jid, { registrationId: theirs, identityKey, signedPreKey: signed, preKey }) =>
      repository.injectE2ESession({
        jid,
        session: {
          registrationId: theirs,
          identityKey: generateSignalPubKey(identityKey),
          signedPreKey: {
            keyId: signed.id,
            publicKey: generateSignalPubKey(signed.publicKey),
            signature: signed.signature,
          },
          ...(preKey ? { preKey: { keyId: preKey.id, publicKey: generateSignalPubKey(preKey.publicKey) } } : {}),
        },
      }),
    save: () => ({ identity, registrationId, signedPreKey, lastPreKey, tables: memory.tables() }),
    // One-time pre-keys are made when they are asked for: a supply would cost each of thousands of phones memory for nothing.
    takeBundle() {
      lastPreKey = (lastPreKey % 0xfffffe) + 1
      const pair = Curve.generateKeyPair()
      memory.set({ 'pre-key': { [lastPreKey]: pair } })
      return {
        registrationId,
        identityKey: identity.public,
        signedPreKey: {
          id: signedPreKey.keyId,
          publicKey: signedPreKey.keyPair.public,
          signature: signedPreKey.signature,
        },
        preKey: { id: lastPreKey, publicKey: pair.public },
      }
    },
  }
}

function freshSignal(): SavedSignal {
  const identity = Curve.generateKeyPair()
  return {
    identity,
    registrationId: generateRegistrationId(),
    signedPreKey: signedKeyPair(identity, 1),
    lastPreKey: 0,
    tables: new Map(),
  }
}
