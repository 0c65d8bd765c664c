import { inspect } from 'node:util'

/** A key as a careless program might print it, each with what that is called. */
export function plantings(key: Uint8Array): [as: string, line: string][] {
  const bytes = Buffer.from(key)
  const embedded = (before: number) => Buffer.concat([Buffer.alloc(before, 7), bytes, Buffer.alloc(5, 9)])
  return [
    ['hex', `key=${bytes.toString('hex')}`],
    ['upper-case hex', `key ${bytes.toString('hex').toUpperCase()}`],
    ['hex at an odd place', `a${bytes.toString('hex')}`],
    ['base64', `{"key":"${bytes.toString('base64')}"}`],
    ['base64, second alignment', embedded(1).toString('base64')],
    ['base64, third alignment', embedded(2).toString('base64')],
    ['base64 for URLs', `/x?${embedded(1).toString('base64url')}`],
    ['a list of numbers', `[${bytes.join(',')}]`],
    ['a spaced list of numbers', `[ ${bytes.join(', ')} ]`],
    ['a Buffer', inspect(bytes)],
    ['a Buffer in JSON', JSON.stringify({ key: bytes })],
    ['a Uint8Array in JSON', JSON.stringify({ key: new Uint8Array(bytes) })],
    ['a Uint8Array in JSON in JSON', JSON.stringify(JSON.stringify({ key: new Uint8Array(bytes) }))],
    ['a Uint8Array', inspect(new Uint8Array(bytes), { breakLength: Number.POSITIVE_INFINITY, compact: true })],
    ['hex with colons', (bytes.toString('hex').match(/../g) ?? []).join(':')],
  ]
}
