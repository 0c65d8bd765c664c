// A tenant's messages and keys at the broker.
import { type SessionConfig, sessionConfig } from '@wagate/messages/control.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import { auditSubject, commandsOfTenant, eventsOfTenant, logSubject } from '@wagate/messages/subjects.ts'
import type { Broker, KvBucket } from '@wagate/runtime/broker.ts'
import { WrongLastSequence } from '@wagate/runtime/errors.ts'
import { deadLettersOf, deleteMatching } from './dead-letters.ts'
import { bucketsById, erasedBuckets } from './places.ts'

export type EraseBroker = Pick<Broker, 'kv' | 'purgeAll' | 'readSubject' | 'deleteMessage'>

/** Asks the workers to unlink the tenant's sessions, as a deletion by the customer does; resolves with those that are still there. */
export async function unlinkSessions(broker: EraseBroker, tenantId: string): Promise<string[]> {
  const sessions = await broker.kv('sessions')
  const left: string[] = []
  for await (const key of sessions.keys(`${tenantId}.*.config`)) {
    const [, sessionId = ''] = key.split('.')
    left.push(sessionId)
    await markDeleted(sessions, key)
  }
  return left
}

async function markDeleted(sessions: KvBucket, key: string): Promise<void> {
  const stored = await sessions.get(key)
  const config = stored && parse(stored.value)
  if (!config || config.desired === 'deleted') return
  const change: SessionConfig = { ...config, desired: 'deleted' }
  await sessions.update(key, Buffer.from(JSON.stringify(change)), stored.revision).catch((error: unknown) => {
    if (!(error instanceof WrongLastSequence)) throw error // somebody else wrote: the next look does it
  })
}

function parse(value: Uint8Array): SessionConfig | undefined {
  const parsed = parseJson(value, sessionConfig, (config) => ({ ok: true as const, config }))
  return parsed.ok ? parsed.config : undefined
}

/** Without their keys neither logs nor snapshots of the tenant's sessions can be read any more, wherever copies of them lie. */
export const shred = (broker: EraseBroker, tenantId: string): Promise<number> =>
  broker.purgeAll('KV_session_keys', `$KV.session_keys.${tenantId}.>`)

/** In the open, so that everybody who holds them in memory lets go of them. */
export async function deleteKeys(broker: EraseBroker, tenantId: string, apiKeys: readonly string[]): Promise<void> {
  const ids: Record<(typeof bucketsById)[number], readonly string[]> = { tenants: [tenantId], api_keys: apiKeys }
  for (const name of bucketsById) {
    const bucket = await broker.kv(name)
    for (const id of ids[name]) if (await bucket.get(id)) await bucket.delete(id)
  }
  for (const [name, { watched }] of Object.entries(erasedBuckets)) {
    if (!watched) continue
    const bucket = await broker.kv(name)
    for await (const key of bucket.keys(`${tenantId}.>`)) await bucket.delete(key)
  }
}

/** Everything of the tenant's in streams and buckets; resolves with how many messages it were. With `marks` those of deleted keys go too. */
export async function purgeTenant(
  broker: EraseBroker,
  tenantId: string,
  known: { sessionIds: readonly string[]; apiKeys: readonly string[]; marks: boolean },
  signal: AbortSignal,
): Promise<Record<string, number>> {
  const logs = known.sessionIds.map((sessionId) => ['SESSION_LOG', logSubject(sessionId)] as const)
  const ofTenant = Object.entries(erasedBuckets).flatMap(([name, { watched }]) =>
    watched && !known.marks ? [] : [[`KV_${name}`, `$KV.${name}.${tenantId}.>`] as const],
  )
  const byId = known.marks
    ? [
        ['KV_tenants', `$KV.tenants.${tenantId}`] as const,
        ...known.apiKeys.map((id) => ['KV_api_keys', `$KV.api_keys.${id}`] as const),
      ]
    : []
  const purged: Record<string, number> = {}
  const subjects = [
    ['EVENTS', eventsOfTenant(tenantId)] as const,
    ['COMMANDS', commandsOfTenant(tenantId)] as const,
    ['AUDIT', auditSubject(tenantId)] as const,
  ]
  for (const [stream, subject] of [...subjects, ...logs, ...ofTenant, ...byId]) {
    signal.throwIfAborted()
    purged[stream] = (purged[stream] ?? 0) + (await broker.purgeAll(stream, subject))
  }
  purged.DEAD_LETTERS = await deleteMatching({ broker }, 'DEAD_LETTERS', 'dlq.>', deadLettersOf(tenantId), signal)
  return purged
}
