import { Curve } from '@whiskeysockets/baileys'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { replaceVerify, verifySignature } from './verify.ts'

test('what a key signed is good, with the type byte and without', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (message) => {
      const { private: privateKey, public: publicKey } = Curve.generateKeyPair()
      const signature = Curve.sign(privateKey, message)
      expect(verifySignature(publicKey, message, signature)).toBe(true)
      expect(verifySignature(Buffer.concat([Buffer.of(5), publicKey]), message, signature)).toBe(true)
    }),
    { numRuns: 20 },
  )
})

test('one changed bit of the key, the message or the signature makes it bad', () => {
  const { private: privateKey, public: publicKey } = Curve.generateKeyPair()
  const message = Buffer.from('details of a certificate')
  const signature = Curve.sign(privateKey, message)
  const changed = (bytes: Uint8Array, bit: number): Buffer => {
    const copy = Buffer.from(bytes)
    const byte = (bit >> 3) % copy.length
    copy[byte] = (copy[byte] ?? 0) ^ (1 << (bit & 7))
    return copy
  }
  fc.assert(
    fc.property(fc.nat({ max: 511 }), (bit) => {
      expect(verifySignature(publicKey, message, changed(signature, bit))).toBe(false)
      expect(verifySignature(publicKey, changed(message, bit), signature)).toBe(false)
      // Bit 255 of a key means nothing (RFC 7748, section 5).
      if (bit % 256 !== 255) expect(verifySignature(changed(publicKey, bit), message, signature)).toBe(false)
    }),
    { numRuns: 60 },
  )
})

test.each([
  ['an empty signature', 32, 0],
  ['a short signature', 32, 63],
  ['an empty key', 0, 64],
  ['a key of zeros', 32, 64],
])('%s is bad, not an error', (_name, keyLength, signatureLength) => {
  expect(verifySignature(Buffer.alloc(keyLength), Buffer.from('x'), Buffer.alloc(signatureLength))).toBe(false)
})

test('Baileys asks it', () => {
  const { private: privateKey, public: publicKey } = Curve.generateKeyPair()
  const signature = Curve.sign(privateKey, Buffer.from('this'))
  replaceVerify(Curve)
  expect(Curve.verify(publicKey, Buffer.from('this'), signature)).toBe(true)
  expect(Curve.verify(publicKey, Buffer.from('that'), signature)).toBe(false)
})
