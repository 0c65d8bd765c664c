/** A phone's end of Signal: its keys, its sessions, and the cipher, which is Baileys' own. */
import {
  Curve,
  generateRegistrationId,
  generateSignalPubKey,
  type KeyPair,
  signedKeyPair,
} from '@whiskeysockets/baileys'
import { makeLibSignalRepository } from '@whiskeysockets/baileys/lib/Signal/libsignal.js'
import type { DeviceKeys } from '../account/account.ts'
import type { KeyBundle } from '../keys/bundle.ts'
import { createSignalMemory } from '../signal/store.ts'

export type Ciphertext = { type: 'pkmsg' | 'msg'; ciphertext: Uint8Array }

export type PhoneSignal = DeviceKeys & {
  readonly identity: KeyPair
  readonly registrationId: number
  /** `jid` is always the LID address of a device; the session must exist. */
  encrypt(jid: string, plaintext: Uint8Array): Promise<Ciphertext>
  decrypt(jid: string, message: Ciphertext): Promise<Uint8Array>
  hasSession(jid: string): boolean
  startSession(jid: string, bundle: KeyBundle): Promise<void>
}

const silent = { level: 'silent', child: () => silent, trace() {}, debug() {}, info() {}, warn() {}, error() {} }

export function createPhoneSignal(): PhoneSignal {
  const identity = Curve.generateKeyPair()
  const registrationId = generateRegistrationId()
  const signedPreKey = signedKeyPair(identity, 1)
  const memory = createSignalMemory()
  const creds = { signedIdentityKey: identity, signedPreKey, registrationId }
  const repository = makeLibSignalRepository({ creds, keys: memory }, silent)
  let lastPreKey = 0

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
