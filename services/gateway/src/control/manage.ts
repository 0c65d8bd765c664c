// Tenants and API keys: written to Postgres, which is the record, then to the KV mirror, which is what requests are checked
// against. A function resolves when the mirror has it; if that fails, the reconciler finishes the work.
import { apiKey } from '@wagate/db/api-key.ts'
import { tenant } from '@wagate/db/tenant.ts'
import type { Scope } from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, eq, isNull } from 'drizzle-orm'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { mintKey } from '../access/key.ts'
import { apiKeyRecordOf, bringUpToDate, tenantRecordOf } from './records.ts'

export type ManageDeps = {
  sql: Sql
  tenants: KvBucket
  apiKeys: KvBucket
  now: () => Date
  newId: (kind: IdKind) => string
  randomBytes: (size: number) => Uint8Array
}
export type TenantLimits = { liveSessions: number; sandboxSessions: number; sandboxPhones: number }
export type Control = ReturnType<typeof createControl>

export const defaultLimits: TenantLimits = { liveSessions: 1, sandboxSessions: 10, sandboxPhones: 50 }

/** What was asked for names something that does not exist. */
export class UnknownTarget extends Error {
  override readonly name = 'UnknownTarget'
}

export function createControl(deps: ManageDeps) {
  const database: PostgresJsDatabase<Record<string, never>> = drizzle(deps.sql)

  const mirrorTenant = (tenantId: string) =>
    bringUpToDate(deps.tenants, tenantId, async () => {
      const [row] = await orUnavailable(async () => database.select().from(tenant).where(eq(tenant.tenantId, tenantId)))
      return row && tenantRecordOf(row)
    })
  const mirrorKey = (keyId: string) =>
    bringUpToDate(deps.apiKeys, keyId, async () => {
      const [row] = await orUnavailable(async () => database.select().from(apiKey).where(eq(apiKey.keyId, keyId)))
      return row && apiKeyRecordOf(row)
    })

  return {
    mirrorTenant,
    mirrorKey,

    async createTenant(name: string, limits: TenantLimits = defaultLimits): Promise<{ tenantId: string }> {
      const tenantId = deps.newId('tenant')
      const at = deps.now()
      const row = {
        tenantId,
        name,
        liveSessionLimit: limits.liveSessions,
        sandboxSessionLimit: limits.sandboxSessions,
        sandboxPhoneLimit: limits.sandboxPhones,
        createdAt: at,
        updatedAt: at,
      }
      await orUnavailable(async () => database.insert(tenant).values(row))
      await mirrorTenant(tenantId)
      return { tenantId }
    },

    /** Throws `UnknownTarget` when there is no such tenant. */
    async setTenantStatus(tenantId: string, status: 'active' | 'suspended'): Promise<void> {
      const change = { status, updatedAt: deps.now() }
      const rows = await orUnavailable(async () =>
        database.update(tenant).set(change).where(eq(tenant.tenantId, tenantId)).returning({ id: tenant.tenantId }),
      )
      if (rows.length === 0) throw new UnknownTarget(`there is no tenant ${tenantId}`)
      await mirrorTenant(tenantId)
    },

    /** `apiKey` is shown once. Throws `UnknownTarget` when there is no such tenant. */
    async createKey(key: { tenantId: string; mode: Mode; scopes: readonly Scope[]; name?: string; expiresAt?: Date }) {
      const [owner] = await orUnavailable(async () =>
        database.select().from(tenant).where(eq(tenant.tenantId, key.tenantId)),
      )
      if (!owner) throw new UnknownTarget(`there is no tenant ${key.tenantId}`)
      const { keyId, text, secretHash } = mintKey(key.mode, deps.randomBytes)
      const { tenantId, mode, name = null, expiresAt = null } = key
      const row = { tenantId, keyId, name, mode, secretHash, scopes: [...key.scopes], createdAt: deps.now(), expiresAt }
      await orUnavailable(async () => database.insert(apiKey).values(row))
      await mirrorKey(keyId)
      return { keyId, apiKey: text }
    },

    /** Resolves when every gateway will refuse the key within the delay of the watch. A repeat changes nothing. */
    async revokeKey(keyId: string): Promise<void> {
      await orUnavailable(async () =>
        database
          .update(apiKey)
          .set({ revokedAt: deps.now() })
          .where(and(eq(apiKey.keyId, keyId), isNull(apiKey.revokedAt))),
      )
      await mirrorKey(keyId)
      if (!(await deps.apiKeys.get(keyId))) throw new UnknownTarget(`there is no key ${keyId}`)
    },
  }
}
