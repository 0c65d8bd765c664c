// Ids are tokens: a typed prefix and a ULID, so that they sort by time, fit in a NATS subject and say what they name.
import { decodeTime, encodeTime } from 'ulid'

export const idPrefixes = {
  tenant: 'ten',
  session: 'ses',
  message: 'msg',
  command: 'cmd',
  chat: 'cht',
  apiKey: 'key',
  webhookEndpoint: 'whe',
  delivery: 'dlv',
  worker: 'wrk',
  failover: 'fov',
  planChange: 'pch',
  request: 'req',
  mail: 'mai',
  auditEntry: 'aud',
  job: 'job',
  person: 'per',
  /** One device that a person is signed in on. */
  signIn: 'sgn',
  /** Of a table whose rows nobody names. */
  record: 'rec',
  invitation: 'inv',
  quickReply: 'qre',
  /** An operator's look into a tenant. */
  supportAccess: 'sup',
} as const
export type IdKind = keyof typeof idPrefixes

const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const ulidPattern = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/

/** The 26 characters of a ULID from a time in ms and 80 bits that the caller draws at random or derives from a hash. */
export function ulidFrom(timeMs: number, tenBytes: Uint8Array): string {
  return encodeTime(timeMs, 10) + encodeEntropy(tenBytes)
}

/** The 16-character tail of a ULID: 80 bits in Crockford base 32. */
export function encodeEntropy(tenBytes: Uint8Array): string {
  if (tenBytes.length < 10) throw new RangeError('an id needs 10 bytes of entropy')
  let tail = ''
  for (let group = 0; group < 2; group++) {
    let bits = 0n
    for (const byte of tenBytes.subarray(group * 5, group * 5 + 5)) bits = (bits << 8n) | BigInt(byte)
    for (let shift = 35n; shift >= 0n; shift -= 5n) tail += alphabet.charAt(Number((bits >> shift) & 31n))
  }
  return tail
}

/** `msg_01J…`: an id of that kind. */
export function makeId(kind: IdKind, timeMs: number, tenBytes: Uint8Array): string {
  return `${idPrefixes[kind]}_${ulidFrom(timeMs, tenBytes)}`
}

/** Makes ids from a clock and a source of random bytes; one per process, passed in as `newId`. */
export function createIds(deps: { now: () => Date; randomBytes: (size: number) => Uint8Array }) {
  return (kind: IdKind): string => makeId(kind, deps.now().getTime(), deps.randomBytes(10))
}
export type NewId = ReturnType<typeof createIds>

export function isId(kind: IdKind, value: string): boolean {
  const prefix = `${idPrefixes[kind]}_`
  return value.startsWith(prefix) && ulidPattern.test(value.slice(prefix.length))
}

/** The part after the prefix. */
export const ulidOf = (id: string): string => id.slice(id.indexOf('_') + 1)

/** When the id was minted, in ms since 1970; message tables derive their month from it. */
export const timeOfId = (id: string): number => decodeTime(ulidOf(id))

/** The same ULID under another prefix: the command that sends message `msg_X` is `cmd_X`. */
export const idWithKind = (kind: IdKind, id: string): string => `${idPrefixes[kind]}_${ulidOf(id)}`

/** The id of a session's n-th event. Derived, so that publishing it again after a takeover is the same event. */
export const eventId = (sessionId: string, sequence: number): string =>
  `evt_${ulidOf(sessionId)}_${sequence.toString(36).padStart(6, '0')}`
