// The signatures of WhatsApp's certificates and devices (XEdDSA, https://signal.org/docs/specifications/xeddsa), computed natively.
// Baileys computes them in JavaScript, 15 ms each and two at every login, and then takes every result for good
// (`Curve.verify` drops the boolean of `verifySignature`).
import { createPublicKey, verify } from 'node:crypto'

export type Verifier = { verify: (publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array) => boolean }

const prime = 2n ** 255n - 19n

/** Whether `signature` is that of the Curve25519 key: 32 bytes, or 33 with Signal's type byte. What is malformed is bad. */
export function verifySignature(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  if (signature.length !== 64 || (publicKey.length !== 32 && publicKey.length !== 33)) return false
  // The sign of the Edwards point travels in the top bit of the signature, which Ed25519 has no use for.
  const sign = (signature[63] ?? 0) & 0x80
  const plain = Buffer.from(signature)
  plain[63] = (signature[63] ?? 0) & 0x7f
  const x = edwards(publicKey.subarray(-32), sign)
  const key = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: x.toString('base64url') }, format: 'jwk' })
  return verify(null, message, key, plain)
}

/** Every socket of this process asks Baileys' `Curve`. */
export function replaceVerify(curve: Verifier): void {
  curve.verify = verifySignature
}

/** The Edwards point of a Montgomery u-coordinate: y = (u - 1) / (u + 1), 32 bytes, little-endian. */
function edwards(montgomery: Uint8Array, sign: number): Buffer {
  const reversed = Buffer.from(montgomery).reverse()
  reversed[0] = (reversed[0] ?? 0) & 0x7f
  const u = BigInt(`0x${reversed.toString('hex')}`) % prime
  const y = ((u - 1n + prime) * inverse((u + 1n) % prime)) % prime
  const point = Buffer.from(y.toString(16).padStart(64, '0'), 'hex').reverse()
  point[31] = (point[31] ?? 0) | sign
  return point
}

/** By Fermat: a^(p - 2). Public values only: it does not run in constant time. */
function inverse(value: bigint): bigint {
  let result = 1n
  let base = value
  for (let exponent = prime - 2n; exponent > 0n; exponent >>= 1n) {
    if (exponent & 1n) result = (result * base) % prime
    base = (base * base) % prime
  }
  return result
}
