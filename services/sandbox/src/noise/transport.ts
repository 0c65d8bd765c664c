import { createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'

/** One direction-aware AES-256-GCM pair after the handshake. Each direction counts its own frames; a lost frame breaks the link. */
export type Transport = {
  encrypt(plaintext: Uint8Array): Buffer
  decrypt(ciphertext: Uint8Array): Buffer
}

const tagBytes = 16

/** The 12-byte nonce of Noise with AES-GCM: four zero bytes, then the counter, big-endian (its low 32 bits are enough here). */
export function nonce(counter: number): Buffer {
  const iv = Buffer.alloc(12)
  iv.writeUInt32BE(counter, 8)
  return iv
}

/** Works on key objects instead of Baileys' helpers over buffers, because Node checks a buffer anew, and slowly, for every frame. */
export function createTransport(writeKey: Uint8Array, readKey: Uint8Array): Transport {
  const writing = createSecretKey(writeKey)
  const reading = createSecretKey(readKey)
  let written = 0
  let read = 0
  return {
    encrypt(plaintext) {
      const cipher = createCipheriv('aes-256-gcm', writing, nonce(written++))
      return Buffer.concat([cipher.update(plaintext), cipher.final(), cipher.getAuthTag()])
    },
    decrypt(ciphertext) {
      const decipher = createDecipheriv('aes-256-gcm', reading, nonce(read++))
      decipher.setAuthTag(ciphertext.subarray(-tagBytes))
      return Buffer.concat([decipher.update(ciphertext.subarray(0, -tagBytes)), decipher.final()])
    },
  }
}
