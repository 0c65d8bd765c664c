// The only file that builds or parses subjects (docs/adr/0003-subjects-and-streams.md).
// cmd.<partition>.<tenant>.<session>.<entity>.<verb> · evt.<shard>.<tenant>.<session>.<entity>.<past> · wal.<shard>.<session>
// aud.<shard>.<tenant> holds what goes on record; its shard is the tenant's.
// ask.<partition>.<tenant>.<session> is in no stream: a question to the worker that has the session.
// notice.<tenant>.<mode> is in no stream: what is worth something only now, for whoever follows the tenant live.
// told.quota is in no stream either: what gateways tell each other about messages per minute.
import type { CommandType } from './commands.ts'
import type { Mode } from './envelope.ts'
import { type EventType, eventTypes } from './events.ts'

const token = /^[A-Za-z0-9_-]{1,64}$/

/** A JID in a subject would add tokens (`@s.whatsapp.net`), so anything that is not one token is refused. */
function t(value: string): string {
  if (!token.test(value)) throw new RangeError('not a subject token')
  return value
}

/** Fixed for the life of a session: it orders and scales the log and the events. */
export const shardCount = 16

/** FNV-1a over UTF-16 code units: ids are ASCII, and every service must agree on it for ever. */
function fnv1a(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0
  return hash
}

export const shardOf = (sessionId: string): string => String(fnv1a(sessionId) % shardCount)

/** Every bit of the result depends on every bit of the input; in FNV-1a the low bits depend on low bits only. */
function avalanche(hash: number): number {
  let mixed = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

/** An even spread of ids over any number of places. */
export const hashOf = (id: string): number => avalanche(fnv1a(id))

/** The partition of a session in the shared pool; mixed, so that it is independent of the shard. */
export const sharedPartitionOf = (sessionId: string, partitions: number): string => `s${hashOf(sessionId) % partitions}`

/** The partition of a session in a dedicated pool. */
export const dedicatedPartitionOf = (pool: string, sessionId: string, partitions: number): string =>
  t(`d_${pool}_${hashOf(sessionId) % partitions}`)

/** Every partition of a shared pool of that size: `s0 … s<n-1>`. */
export const sharedPartitions = (partitions: number): string[] => Array.from({ length: partitions }, (_, n) => `s${n}`)

/** The session token of a subject that concerns the whole tenant. */
export const noSession = '_'

export type Address = { tenantId: string; sessionId: string }

export const commandSubject = (address: Address & { partition: string }, type: CommandType): string =>
  ['cmd', address.partition, address.tenantId, address.sessionId, ...type.split('.')].map(t).join('.')

/** Every command of a session that is queued under that partition. */
export const commandsOfSession = (address: Address & { partition: string }): string =>
  `cmd.${t(address.partition)}.${t(address.tenantId)}.${t(address.sessionId)}.>`

export const commandsOfTenant = (tenantId: string): string => `cmd.*.${t(tenantId)}.>`
export const commandsOfPartition = (partition: string): string => `cmd.${t(partition)}.>`

/** Where gateways tell each other how much of the accounts' messages per minute they have spent. */
export const quotaSubject = 'told.quota'

/** What happens in a tenant and is no event: `notices.ts`. */
export const noticeSubject = (tenantId: string, mode: Mode): string => ['notice', tenantId, mode].map(t).join('.')

export const questionSubject = (address: Address & { partition: string }): string =>
  ['ask', address.partition, address.tenantId, address.sessionId].map(t).join('.')
export const questionsOfPartition = (partition: string): string => `ask.${t(partition)}.*.*`

export const eventSubject = (address: Address, type: EventType): string =>
  ['evt', shardOf(address.sessionId), address.tenantId, address.sessionId, ...type.split('.')].map(t).join('.')

export const eventsOfShard = (shard: string): string => `evt.${t(shard)}.>`
export const eventsOfTenant = (tenantId: string): string => `evt.*.${t(tenantId)}.>`
export const eventsOfSession = (address: Address): string =>
  `evt.${shardOf(address.sessionId)}.${t(address.tenantId)}.${t(address.sessionId)}.>`

export const logSubject = (sessionId: string): string => `wal.${shardOf(sessionId)}.${t(sessionId)}`

/** By the tenant's shard, so that one consumer can become several without a change of subjects. */
export const auditSubject = (tenantId: string): string => ['aud', shardOf(tenantId), tenantId].map(t).join('.')
export const auditSubjects = 'aud.>'

export const deadLetterSubject = (stream: string, consumer: string): string => `dlq.${t(stream)}.${t(consumer)}`

/** Everything that one stream's consumers have set aside. */
export const deadLettersOf = (stream: string): string => `dlq.${t(stream)}.*`

export type CommandSubject = Address & { partition: string; type: string }
export type EventSubject = Address & { shard: string; type: EventType }

/**
 * Whom a subject of COMMANDS, EVENTS or AUDIT names, of a type that this version need not know; undefined for any other subject.
 * One of AUDIT names no session.
 */
export function addressOf(subject: string): { tenantId: string; sessionId: string | undefined } | undefined {
  const [root = '', , tenantId, sessionId] = subject.split('.')
  return tenantId && ['cmd', 'evt', 'aud'].includes(root) ? { tenantId, sessionId } : undefined
}

/** The parts of a command's subject, or undefined when it is not one. */
export function parseCommandSubject(subject: string): CommandSubject | undefined {
  const [root, partition, tenantId, sessionId, entity, verb, ...rest] = subject.split('.')
  if (root !== 'cmd' || !partition || !tenantId || !sessionId || !entity || !verb || rest.length > 0) return undefined
  return { partition, tenantId, sessionId, type: `${entity}.${verb}` }
}

/** The same command under another partition; any other subject stays as it is. */
export function underPartition(subject: string, partition: string): string {
  const command = parseCommandSubject(subject)
  if (!command) return subject
  const { tenantId, sessionId, type } = command
  return ['cmd', partition, tenantId, sessionId, ...type.split('.')].map(t).join('.')
}

/** Whom a question's subject names, or undefined when it is not one. */
export function parseQuestionSubject(subject: string): Address | undefined {
  const [root, partition, tenantId, sessionId, ...rest] = subject.split('.')
  if (root !== 'ask' || !partition || !tenantId || !sessionId || rest.length > 0) return undefined
  return { tenantId, sessionId }
}

/** The parts of an event's subject, or undefined when it is not one or its type is unknown to this version. */
export function parseEventSubject(subject: string): EventSubject | undefined {
  const [root, shard, tenantId, sessionId, entity, past, ...rest] = subject.split('.')
  if (root !== 'evt' || !shard || !tenantId || !sessionId || !entity || !past || rest.length > 0) return undefined
  const type = eventTypes.find((known) => known === `${entity}.${past}`)
  return type && { shard, tenantId, sessionId, type }
}
