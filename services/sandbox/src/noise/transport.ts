import { aesDecryptGCM, aesEncryptGCM } from '@whiskeysockets/baileys'

const noAdditionalData = Buffer.alloc(0)

/** One direction-aware AES-256-GCM pair after the handshake. Each direction counts its own frames; a lost frame breaks the link. */
export type Transport = {
  encrypt(plaintext: Uint8Array): Buffer
  decrypt(ciphertext: Uint8Array): Buffer
}

/** The 12-byte nonce of Noise with AES-GCM: four zero bytes, then the counter, big-endian (its low 32 bits are enough here). */
export function nonce(counter: number): Buffer {
  const iv = Buffer.alloc(12)
  iv.writeUInt32BE(counter, 8)
  return iv
}

export function createTransport(writeKey: Uint8Array, readKey: Uint8Array): Transport {
  let written = 0
  let read = 0
  return {
    encrypt: (plaintext) => aesEncryptGCM(plaintext, writeKey, nonce(written++), noAdditionalData),
    decrypt: (ciphertext) => aesDecryptGCM(ciphertext, readKey, nonce(read++), noAdditionalData),
  }
}
