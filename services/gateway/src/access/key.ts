// The format of API keys: wgk_<mode>_<id>_<secret>_<checksum>. Typed, so that scanners find leaked ones; checksummed, so
// that a mistyped one costs no look-up.
import { hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import type { Mode } from '@wagate/messages/envelope.ts'

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'
const idLength = 8
/** 43 characters of base 62 hold 256 bits. */
const secretLength = 43
const checksumLength = 6

const pattern = /^wgk_(test|live)_([0-9A-Za-z]{8})_([0-9A-Za-z]{43,64})_([0-9A-Za-z]{6})$/

const idPattern = /^[0-9A-Za-z]{8}$/

/** What is not even one need not be looked up. */
export const isKeyId = (text: string): boolean => idPattern.test(text)

export type ParsedKey = { mode: Mode; keyId: string; secret: string }

/** The parts of a key, or why it is none; no look-up is needed for either. */
export function parseKey(text: string): { ok: true; key: ParsedKey } | { ok: false; reason: 'format' | 'checksum' } {
  const match = pattern.exec(text)
  if (!match) return { ok: false, reason: 'format' }
  const [, mode, keyId = '', secret = '', checksum = ''] = match
  if (checksumOf(text.slice(0, -checksumLength - 1)) !== checksum) return { ok: false, reason: 'checksum' }
  return { ok: true, key: { mode: mode === 'live' ? 'live' : 'test', keyId, secret } }
}

/** A new key. `text` is shown once; only `secretHash` is kept. */
export function mintKey(mode: Mode, randomBytes: (size: number) => Uint8Array) {
  const keyId = randomBase62(idLength, randomBytes)
  const secret = randomBase62(secretLength, randomBytes)
  const body = `wgk_${mode}_${keyId}_${secret}`
  return { keyId, text: `${body}_${checksumOf(body)}`, secretHash: hashSecret(secret) }
}

/** SHA-256, base64url: a secret with 256 bits needs no slow hash. */
export const hashSecret = (secret: string): string => hash('sha256', secret, 'base64url')

function checksumOf(body: string): string {
  let rest = crc32(body)
  let text = ''
  for (let n = 0; n < checksumLength; n++) {
    text = alphabet.charAt(rest % 62) + text
    rest = Math.floor(rest / 62)
  }
  return text
}

/** Bytes of 248 and above are drawn again, so that every character is equally likely. */
function randomBase62(length: number, randomBytes: (size: number) => Uint8Array): string {
  let text = ''
  while (text.length < length)
    for (const byte of randomBytes(length)) if (byte < 248 && text.length < length) text += alphabet.charAt(byte % 62)
  return text
}
