// Records of every kind that a session's log holds, by chance, and a form of a memory in which two can be compared.
import fc from 'fast-check'
import { pack } from '../log/codec.ts'
import type { Memory } from '../log/memory.ts'
import type { LogRecord } from '../log/records.ts'
import { toPlain } from '../log/snapshot.ts'

const at = '2026-01-01T00:00:00.000Z'

export const queued = (n: number): LogRecord => ({
  kind: 'QUEUED',
  at,
  message: {
    commandId: `cmd_${n}`,
    messageId: `msg_${n}`,
    to: '+999100',
    content: { type: 'text', text: { body: `text ${n}` } },
    lane: 'normal',
    acceptedAt: at,
    correlationId: `req_${n}`,
  },
})
export const intent = (n: number): LogRecord => ({
  kind: 'INTENT',
  commandId: `cmd_${n}`,
  waMessageId: `WA${n}`,
  at,
})
export const acked = (n: number): LogRecord => ({ kind: 'ACKED', waMessageId: `WA${n}`, at })

const received = (n: number): LogRecord => ({
  kind: 'KEYS',
  mutations: { session: { '77.0': pack({ version: 'v1', n }), [`${n}.0`]: n % 2 ? pack({ n }) : null } },
  inbox: [
    {
      hash: `h${n}`,
      plaintext: Buffer.from(`plain ${n}`),
      message: {
        waMessageId: `IN${n}`,
        chat: { phone: '+999100', lid: '77@lid' },
        from: { phone: '+999100', lid: '77@lid' },
        fromMe: n % 3 === 0,
        content: { type: 'text', text: { body: `hello ${n}` } },
        at,
      },
    },
  ],
})
const creds = (n: number): LogRecord => ({
  kind: 'KEYS',
  mutations: { 'pre-key': { [`${n}`]: pack({ public: Buffer.alloc(32, n) }) } },
  creds: Buffer.from(JSON.stringify({ n, me: { id: '999200:1@s.whatsapp.net', lid: '88:1@lid' } })),
})
const receipt = (n: number): LogRecord => ({
  kind: 'STANZA',
  stanza: { tag: 'receipt', attrs: { from: '77@lid', id: `WA${n}` }, ids: [`WA${n}`] },
  at,
})

export const anyRecord: fc.Arbitrary<LogRecord> = fc.tuple(fc.nat(9), fc.nat(15)).map(([n, kind]): LogRecord => {
  const records: LogRecord[] = [
    queued(n),
    intent(n),
    acked(n),
    received(n),
    creds(n),
    receipt(n),
    { kind: 'FAILED', commandId: `cmd_${n}`, waMessageId: `WA${n}`, code: 'c', detail: 'd', at },
    { kind: 'UNCONFIRMED', waMessageId: `WA${n}`, at },
    { kind: 'CANCELLED', commandId: `cmd_${n}`, at },
    { kind: 'EXPIRED', commandId: `cmd_${n}`, at },
    { kind: 'LOGOUT', at },
    { kind: 'BEGUN', commandId: `cmd_${n}`, at },
    { kind: 'LEFT', at },
    { kind: 'RESET', at },
    { kind: 'CLAIM', epoch: n + 1, owner: 'o', at },
    { kind: 'LIFECYCLE', lifecycle: { type: 'session.connected', data: { account: { phone: '+999200' }, at } } },
    { kind: 'LIFECYCLE', lifecycle: { type: 'session.disconnected', data: { code: 500, reason: 'r', at } } },
    { kind: 'LIFECYCLE', lifecycle: { type: 'session.closed', data: { reason: 'logged_out', at } } },
  ]
  return records[kind] ?? queued(n)
})

/** Everything that a memory holds, in its order where the order counts. */
export function contents(memory: Memory): unknown {
  const { keys = [], ...others } = toPlain({ memory, relayed: 0, unpublished: [] })
  const ofType = (keys as [string, [string, Uint8Array][]][]).flatMap(([type, entries]) =>
    entries.map(([id, value]) => `${type} ${id} ${Buffer.from(value).toString('hex')}`),
  )
  return textual({ ...others, keys: ofType.toSorted() })
}

/** With bytes as text: a Buffer and a Uint8Array of the same bytes are the same. */
function textual(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(textual)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, textual(inner)]))
}
