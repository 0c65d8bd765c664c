// API keys as the routes see them, on the records that the fake mirror has.
import type { ApiKeyRecord } from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { isUsable } from '../access/actor.ts'
import { mintKey } from '../access/key.ts'
import type { ApiKeyDeps } from '../api-key/routes.ts'
import type { KeyRow, NewKey } from '../control/keys.ts'

type Records = Map<string, ApiKeyRecord>

export function fakeApiKeys(
  keys: Records,
  now: () => Date,
  randomBytes: (size: number) => Uint8Array,
): ApiKeyDeps['apiKeys'] {
  const of = (tenantId: string, mode: Mode) =>
    [...keys.values()].filter((key) => key.tenantId === tenantId && key.mode === mode)
  const one = (tenantId: string, mode: Mode, keyId: string) => of(tenantId, mode).find((key) => key.keyId === keyId)

  function add({ tenantId, mode, scopes, sessionIds, requestsPerSecond, expiresAt }: NewKey) {
    const { keyId, text, secretHash } = mintKey(mode, randomBytes)
    const record: ApiKeyRecord = {
      ...{ v: 1, keyId, tenantId, mode, secretHash, scopes: [...scopes], createdAt: now().toISOString() },
      ...(sessionIds && { sessionIds: [...sessionIds] }),
      ...(requestsPerSecond && { requestsPerSecond }),
      ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    }
    keys.set(keyId, record)
    return { row: rowOf(record), text }
  }

  return {
    create: async (key) => add(key),
    count: async (tenantId, mode) => {
      const all = of(tenantId, mode)
      const usable = all.filter((key) => isUsable(key, now())).length
      return { usable, ended: all.length - usable }
    },
    find: async (tenantId, mode, keyId) => {
      const found = one(tenantId, mode, keyId)
      return found && rowOf(found)
    },
    list: async (tenantId, mode, { limit }) =>
      of(tenantId, mode)
        .slice(0, limit + 1)
        .map((key) => ({ item: rowOf(key), position: { key: '', id: key.keyId } })),
    revoke: async (tenantId, mode, keyId) => {
      const found = one(tenantId, mode, keyId)
      if (found) found.revokedAt ??= now().toISOString()
      return found !== undefined
    },
    rotate: async (tenantId, mode, keyId, { overlapMs, expiresAt }) => {
      const old = one(tenantId, mode, keyId)
      if (!old || !isUsable(old, now())) return undefined
      old.expiresAt = new Date(now().getTime() + overlapMs).toISOString()
      return add({ ...rowOf(old), scopes: old.scopes, expiresAt })
    },
  }
}

const timeOf = (text: string | undefined): Date | null => (text === undefined ? null : new Date(text))

const rowOf = (key: ApiKeyRecord): KeyRow => ({
  tenantId: key.tenantId,
  keyId: key.keyId,
  name: null,
  mode: key.mode,
  scopes: key.scopes,
  sessionIds: key.sessionIds ?? null,
  requestsPerSecond: key.requestsPerSecond ?? null,
  createdAt: new Date(key.createdAt),
  lastUsedAt: null,
  expiresAt: timeOf(key.expiresAt),
  revokedAt: timeOf(key.revokedAt),
})
