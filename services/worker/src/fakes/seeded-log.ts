// The log of a session that has been in use: linked, with contacts and messages, written by the worker's own code as its owner
// would have written it, one batch a step. Its contacts exist only in it.
import { randomBytes } from 'node:crypto'
import type { SessionConfig } from '@wagate/messages/control.ts'
import { makeId } from '@wagate/messages/ids.ts'
import { type EngineBroker, takeoverDeps } from '../engine/deps.ts'
import { apply } from '../log/memory.ts'
import { packMutations } from '../log/packed-keys.ts'
import type { LogRecord } from '../log/records.ts'
import { takeOver } from '../log/takeover.ts'
import { waMessageIdFor } from '../message/wa-id.ts'
import { type Credentials, packCredentials } from '../signal/credentials.ts'
import type { Seeds } from './seeded-account.ts'

export type SeededLog = {
  config: SessionConfig
  creds: Credentials
  account: { phone: string; lid: string }
  seeds: Seeds
  contacts: number
  /** Half of them sent and delivered, half received. */
  messages: number
}

export async function writeSeededLog(engine: EngineBroker, seeded: SeededLog): Promise<void> {
  let relayed = 0
  const { log, memory } = await takeOver({
    ...(await takeoverDeps(engine, seeded.config)),
    relayed: () => relayed,
    onFenced: () => {},
    report: () => {},
  })
  for (const records of stepsOf(seeded)) {
    for (const record of records) apply(memory, record)
    relayed = memory.sequence // they happened long ago: nobody is to be told again
    await log.durable(log.append(records))
  }
}

const at = '2026-01-01T00:00:00.000Z'
const text = (n: number): string => `message ${n}: ${'lorem ipsum dolor sit amet '.repeat(3)}`
const lidOf = (contact: number): string => String(700_000_000_000_000 + contact)
const numberOf = (contact: number): string => String(999_700_000_000 + contact)

function* stepsOf({ config, creds, account, seeds, contacts, messages }: SeededLog): Generator<LogRecord[]> {
  const all = Array.from({ length: contacts }, (_, contact) => contact)
  const preKeys = Object.fromEntries(seeds.preKeys.map((pair, index) => [String(index + 1), pair]))
  const linked = { account, at }
  yield [
    { kind: 'LIFECYCLE', lifecycle: { type: 'session.created', data: { mode: config.mode, at } } },
    { kind: 'KEYS', mutations: packMutations({ 'pre-key': preKeys }), creds: packCredentials(creds) },
  ]
  yield [
    { kind: 'LIFECYCLE', lifecycle: { type: 'session.paired', data: linked } },
    { kind: 'LIFECYCLE', lifecycle: { type: 'session.connected', data: linked } },
  ]
  yield [{ kind: 'KEYS', mutations: contactKeys(all, seeds) }]
  for (let n = 0; n < messages; n++) yield* n % 2 === 0 ? sent(config, n % contacts, n) : received(n % contacts, n)

  function* sent({ sessionId }: SessionConfig, contact: number, n: number): Generator<LogRecord[]> {
    const commandId = makeId('command', Date.parse(at), randomBytes(10))
    const waMessageId = waMessageIdFor(sessionId, commandId)
    const message = {
      commandId,
      messageId: makeId('message', Date.parse(at), randomBytes(10)),
      to: `+${numberOf(contact)}`,
      content: { type: 'text' as const, text: { body: text(n) } },
      lane: 'normal' as const,
      acceptedAt: at,
    }
    yield [
      { kind: 'QUEUED', message, at },
      { kind: 'INTENT', commandId, waMessageId, at },
      { kind: 'KEYS', mutations: ratchetOf(contact, seeds) },
    ]
    const attrs = { from: `${lidOf(contact)}@lid`, id: waMessageId }
    yield [
      { kind: 'ACKED', waMessageId, at },
      { kind: 'STANZA', stanza: { tag: 'receipt', attrs, ids: [waMessageId] }, at },
    ]
  }

  function* received(contact: number, n: number): Generator<LogRecord[]> {
    const person = { phone: `+${numberOf(contact)}`, lid: `${lidOf(contact)}@lid` }
    const message = {
      waMessageId: randomBytes(10).toString('hex').toUpperCase(),
      chat: person,
      from: person,
      fromMe: false,
      content: { type: 'text' as const, text: { body: text(n) } },
      at,
    }
    const entry = { hash: randomBytes(32).toString('base64url'), plaintext: Buffer.from(text(n)), message }
    yield [{ kind: 'KEYS', mutations: ratchetOf(contact, seeds), inbox: [entry] }]
  }
}

const addressOf = (contact: number): string => `${lidOf(contact)}_1.0`

const ratchetOf = (contact: number, { ratchet }: Seeds) =>
  packMutations({ session: { [addressOf(contact)]: ratchet.session } })

/** What Baileys keeps of a person: both names, devices, identity, ratchet. */
const contactKeys = (contacts: number[], { ratchet }: Seeds) => {
  const each = (entries: (contact: number) => [string, unknown][]) => Object.fromEntries(contacts.flatMap(entries))
  return packMutations({
    'lid-mapping': each((contact) => [
      [numberOf(contact), lidOf(contact)],
      [`${lidOf(contact)}_reverse`, numberOf(contact)],
    ]),
    'device-list': each((contact) => [[lidOf(contact), ['0']]]),
    'identity-key': each((contact) => [[addressOf(contact), ratchet.identity]]),
    session: each((contact) => [[addressOf(contact), ratchet.session]]),
  })
}
