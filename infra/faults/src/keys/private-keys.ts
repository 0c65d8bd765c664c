// The private keys of a session, out of its opened log: what must never be in any other place.
import { Unpackr } from 'msgpackr'
import type { LogRecord } from '../open-log.ts'

export type PrivateKey = { name: string; bytes: Uint8Array }

/** Paths of secrets in Baileys' credentials, pre-keys, Signal sessions, sender keys and app state keys. */
const secretPath =
  /(^|\.)(private|privKey|rootKey|chainKey\.key|messageKeys\.\d+|senderChainKey\.seed|signingKey\.private|keyData|advSecretKey)$/

const unpackr = new Unpackr({ useRecords: false, moreTypes: false })
const unpack = (bytes: Uint8Array): unknown => {
  try {
    return unpackr.unpack(bytes)
  } catch {
    return undefined
  }
}

/** undefined for bytes that are no JSON; some begin like it. */
function parse(bytes: Uint8Array): unknown {
  if (bytes[0] !== 0x7b && bytes[0] !== 0x5b) return undefined
  try {
    return JSON.parse(Buffer.from(bytes).toString())
  } catch {
    return undefined
  }
}

/** Of credentials and of every key that was ever written, old ratchets included. */
export function privateKeysOf(records: readonly LogRecord[]): PrivateKey[] {
  const found = new Map<string, PrivateKey>()
  const add = (path: string, bytes: Uint8Array): void => {
    // Curve25519 keys of 33 bytes begin with their type.
    const key = bytes.length === 33 ? bytes.subarray(1) : bytes
    if (key.length === 32) found.set(Buffer.from(key).toString('hex'), { name: path, bytes: key })
  }
  const walk = (path: string, value: unknown): void => {
    const secret = secretPath.test(path)
    if (typeof value === 'string') {
      if (secret) add(path, Buffer.from(value, 'base64'))
    } else if (value instanceof Uint8Array) {
      if (secret) add(path, value)
      // A Signal session as libsignal serialises it.
      else walk(path, parse(value))
    } else if (typeof value === 'object' && value !== null) {
      if ('type' in value && value.type === 'Buffer' && 'data' in value)
        walk(path, Buffer.from(value.data as string, 'base64'))
      else for (const [name, child] of Object.entries(value)) walk(path === '' ? name : `${path}.${name}`, child)
    }
  }
  for (const { kind, creds, mutations } of records) {
    if (kind !== 'KEYS') continue
    if (creds instanceof Uint8Array) walk('creds', JSON.parse(Buffer.from(creds).toString()))
    for (const [type, values] of Object.entries((mutations ?? {}) as Record<string, Record<string, unknown>>)) {
      for (const value of Object.values(values)) walk(type, value instanceof Uint8Array ? unpack(value) : value)
    }
  }
  return [...found.values()]
}
