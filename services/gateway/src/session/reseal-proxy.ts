// The proxy of a session, sealed again under the current master key.
import { type SessionConfig, sessionConfig } from '@wagate/messages/control.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import { proxyPlace } from '@wagate/messages/proxy.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import { type MasterKey, openText, sealText } from '@wagate/runtime/seal.ts'

export type Resealed = 'rewrapped' | 'current' | 'none'

/** `key` of the bucket `sessions`. Rejects when no master key here opens it, or somebody changed the record meanwhile. */
export async function resealProxy(
  sessions: Pick<KvBucket, 'get' | 'update'>,
  master: MasterKey,
  key: string,
): Promise<Resealed> {
  const entry = await sessions.get(key)
  const parsed = entry && parseJson(entry.value, sessionConfig, (config) => ({ ok: true as const, config }))
  if (!entry || !parsed?.ok) return 'none'
  const { config } = parsed
  const { proxy, tenantId, sessionId } = config
  if (!proxy) return 'none'
  if (proxy.sealed.kekId === master.id) return 'current'
  const place = proxyPlace(tenantId, sessionId)
  const sealed = sealText(master, place, openText(master, place, proxy.sealed))
  const next: SessionConfig = { ...config, proxy: { ...proxy, sealed } }
  await sessions.update(key, Buffer.from(JSON.stringify(next)), entry.revision)
  return 'rewrapped'
}
