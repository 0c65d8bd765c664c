// API keys: written to Postgres, which is the record, then to the KV mirror, which is what requests are checked against. A function
// resolves when the mirror has it; if that fails, the reconciler finishes the work.
import { apiKey } from '@wagate/db/api-key.ts'
import { tenant } from '@wagate/db/tenant.ts'
import { operatorScope, type Scope } from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { and, count, desc, eq, getTableColumns, gt, isNull, or, type SQL, sql } from 'drizzle-orm'
import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import { mintKey } from '../access/key.ts'
import type { PageRequest } from '../message/views.ts'
import { after, exact, type Positioned } from '../postgres/in-tenant.ts'
import { apiKeyRecordOf, bringUpToDate } from './records.ts'
import { UnknownTarget } from './unknown-target.ts'

export type KeyControlDeps = {
  sql: Sql
  apiKeys: KvBucket
  now: () => Date
  randomBytes: (size: number) => Uint8Array
}
export type NewKey = {
  tenantId: string
  mode: Mode
  scopes: readonly Scope[]
  name?: string | null
  sessionIds?: readonly string[] | null
  requestsPerSecond?: number | null
  expiresAt?: Date | null
}
export type KeyRow = Omit<typeof apiKey.$inferSelect, 'secretHash'>
/** `text` is shown once. */
export type MadeKey = { row: KeyRow; text: string }
export type KeyControl = ReturnType<typeof createKeyControl>

/** Each function throws `DatabaseUnavailable`. */
export function createKeyControl(deps: KeyControlDeps) {
  const database: PostgresJsDatabase<Record<string, never>> = drizzle(deps.sql)
  const { secretHash: _, ...shown } = getTableColumns(apiKey)

  const ofMode = (tenantId: string, mode: Mode) => and(eq(apiKey.tenantId, tenantId), eq(apiKey.mode, mode))
  const one = (tenantId: string, mode: Mode, keyId: string) => and(ofMode(tenantId, mode), eq(apiKey.keyId, keyId))
  const usable = () => and(isNull(apiKey.revokedAt), or(isNull(apiKey.expiresAt), gt(apiKey.expiresAt, deps.now())))

  const mirrorKey = (keyId: string) =>
    bringUpToDate(deps.apiKeys, keyId, async () => {
      const [row] = await orUnavailable(async () => database.select().from(apiKey).where(eq(apiKey.keyId, keyId)))
      return row && apiKeyRecordOf(row)
    })

  function minted(key: NewKey) {
    const { keyId, text, secretHash } = mintKey(key.mode, deps.randomBytes)
    const { tenantId, mode, name = null, sessionIds = null, requestsPerSecond = null, expiresAt = null } = key
    const limits = { sessionIds: sessionIds && [...sessionIds], requestsPerSecond, expiresAt }
    return {
      text,
      row: { tenantId, keyId, name, mode, secretHash, scopes: [...key.scopes], ...limits, createdAt: deps.now() },
    }
  }

  /** Resolves with whose it is. */
  async function revoke(keyId: string, which: SQL | undefined): Promise<string | undefined> {
    const revokedAt = sql`coalesce(${apiKey.revokedAt}, ${deps.now().toISOString()}::timestamptz)`
    const [found] = await orUnavailable(async () =>
      database.update(apiKey).set({ revokedAt }).where(which).returning({ tenantId: apiKey.tenantId }),
    )
    if (found) await mirrorKey(keyId)
    return found?.tenantId
  }

  return {
    mirrorKey,

    /** Throws `UnknownTarget` when there is no such tenant; for the operators', unless the key is an operator's. */
    async create(key: NewKey): Promise<MadeKey> {
      const { row, text } = minted(key)
      const made = await orUnavailable(async () => {
        const [owner] = await database
          .select({ operators: tenant.operators })
          .from(tenant)
          .where(eq(tenant.tenantId, key.tenantId))
        // A key for customers' routes there could invite people to the operators.
        if (!owner || (owner.operators && key.scopes.some((scope) => scope !== operatorScope))) return undefined
        return (await database.insert(apiKey).values(row).returning(shown))[0]
      })
      if (!made) throw new UnknownTarget(`there is no tenant ${key.tenantId}`)
      await mirrorKey(row.keyId)
      return { row: made, text }
    },

    /** Keys that work now, and those that ended and are not forgotten yet. */
    count: (tenantId: string, mode: Mode): Promise<{ usable: number; ended: number }> =>
      orUnavailable(async () => {
        const [row] = await database
          .select({ all: count(), usable: sql<number>`(count(*) filter (where ${usable()}))::int` })
          .from(apiKey)
          .where(ofMode(tenantId, mode))
        const { all, usable: working } = row ?? { all: 0, usable: 0 }
        return { usable: working, ended: all - working }
      }),

    find: (tenantId: string, mode: Mode, keyId: string): Promise<KeyRow | undefined> =>
      orUnavailable(
        async () =>
          (
            await database
              .select(shown)
              .from(apiKey)
              .where(one(tenantId, mode, keyId))
          )[0],
      ),

    /** `limit + 1` at most, newest first. */
    list: (tenantId: string, mode: Mode, page: PageRequest): Promise<Positioned<KeyRow>[]> =>
      orUnavailable(async () => {
        const rows = await database
          .select({ row: shown, key: exact(apiKey.createdAt) })
          .from(apiKey)
          .where(and(ofMode(tenantId, mode), after(apiKey.createdAt, apiKey.keyId, page.after)))
          .orderBy(desc(apiKey.createdAt), desc(apiKey.keyId))
          .limit(page.limit + 1)
        return rows.map(({ row, key }) => ({ item: row, position: { key, id: row.keyId } }))
      }),

    /**
     * A key for the same that ends at `expiresAt`, while the old one works on for the overlap, or until its own end. Undefined when
     * there is none that works.
     */
    async rotate(
      tenantId: string,
      mode: Mode,
      keyId: string,
      { overlapMs, expiresAt }: { overlapMs: number; expiresAt: Date | null },
    ): Promise<MadeKey | undefined> {
      const until = new Date(deps.now().getTime() + overlapMs)
      const made = await orUnavailable(async () =>
        database.transaction(async (tx) => {
          const [old] = await tx
            .select(shown)
            .from(apiKey)
            .where(and(one(tenantId, mode, keyId), usable()))
            .for('update')
          if (!old) return undefined
          const { row, text } = minted({ ...old, scopes: old.scopes as Scope[], expiresAt })
          const ends = sql`least(${apiKey.expiresAt}, ${until.toISOString()}::timestamptz)`
          await tx
            .update(apiKey)
            .set({ expiresAt: ends })
            .where(one(tenantId, mode, keyId))
          const [created] = await tx.insert(apiKey).values(row).returning(shown)
          return created && { row: created, text }
        }),
      )
      if (!made) return undefined
      await mirrorKey(made.row.keyId)
      await mirrorKey(keyId)
      return made
    },

    /**
     * Resolves when every gateway will refuse the key within the delay of the watch; with whether there is such a key. A repeat
     * changes nothing.
     */
    revoke: async (tenantId: string, mode: Mode, keyId: string): Promise<boolean> =>
      (await revoke(keyId, one(tenantId, mode, keyId))) !== undefined,

    /** For the operator, who knows no more than the id; resolves with whose it is. Throws `UnknownTarget`. */
    async revokeById(keyId: string): Promise<string> {
      const tenantId = await revoke(keyId, eq(apiKey.keyId, keyId))
      if (tenantId === undefined) throw new UnknownTarget(`there is no key ${keyId}`)
      return tenantId
    },

    /** When keys were used last; a time that is older than the one known changes nothing. */
    noteUses(uses: readonly { keyId: string; tenantId: string; at: Date }[]): Promise<unknown> {
      const rows = JSON.stringify(uses.map(({ tenantId, keyId, at }) => ({ tenant_id: tenantId, key_id: keyId, at })))
      return orUnavailable(
        async () => deps.sql`
          update api_key set last_used_at = used.at
          from json_to_recordset((${rows}::text)::json) as used (tenant_id text, key_id text, at timestamptz)
          where api_key.tenant_id = used.tenant_id and api_key.key_id = used.key_id
            and (api_key.last_used_at is null or api_key.last_used_at < used.at)`,
      )
    },
  }
}
