// Erasure: what is left of a session that was deleted, and the end of one that a dying worker left half-done.
import { type SessionConfig, sessionConfigKey, sessionKey, sessionStateKey } from '@wagate/messages/control.ts'
import { logSubject } from '@wagate/messages/subjects.ts'
import type { EngineBroker } from './deps.ts'
import { snapshotObjects } from './snapshot-objects.ts'

/** Forgets a deleted session: without the wrapped key its log cannot be read, wherever copies of it lie. */
export async function forgetSession(engine: EngineBroker, config: SessionConfig): Promise<void> {
  const { tenantId, sessionId } = config
  const { sessions, sessionKeys, pairing } = engine.buckets
  await sessionKeys.delete(sessionKey(tenantId, sessionId))
  await pairing.delete(sessionKey(tenantId, sessionId))
  await sessions.delete(sessionStateKey(tenantId, sessionId))
  const last = await engine.broker.lastMessage('SESSION_LOG', logSubject(sessionId))
  if (last) await engine.broker.purgeSubject('SESSION_LOG', logSubject(sessionId), { beforeSeq: last.seq + 1 })
  await removeSnapshots(engine, config)
  await sessions.delete(sessionConfigKey(tenantId, sessionId))
}

/** They cannot be read any more; those that stay behind because the store is away take room and tell nothing. */
async function removeSnapshots({ objects, warn }: EngineBroker, { tenantId, sessionId }: SessionConfig): Promise<void> {
  const snapshots = snapshotObjects(objects, tenantId, sessionId)
  try {
    for (const name of await snapshots.names()) await snapshots.delete(name)
  } catch (error) {
    warn('snapshots.left_behind', { tenantId, sessionId, reason: error instanceof Error ? error.message : 'unknown' })
  }
}

/** A worker that died while it forgot the session left its record: the key is gone, the rest is to follow. */
export const isHalfForgotten = async (
  engine: EngineBroker,
  { tenantId, sessionId, desired }: SessionConfig,
): Promise<boolean> => desired === 'deleted' && !(await engine.buckets.sessionKeys.get(sessionKey(tenantId, sessionId)))
