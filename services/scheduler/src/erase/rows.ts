import type { Sql } from 'postgres'
import { inBatches, type Pace } from '../batches.ts'
import { auditTable, erasedTables } from './places.ts'

/** Removes the tenant's rows of every table; resolves with how many by table. */
export async function eraseRows(
  sql: Sql,
  tenantId: string,
  pace: Pace,
  signal: AbortSignal,
  onBatch: (table: string, done: number) => Promise<void>,
): Promise<Record<string, number>> {
  const removed: Record<string, number> = { [auditTable]: await eraseAudit(sql, tenantId) }
  for (const [table, key] of Object.entries(erasedTables))
    removed[table] = await inBatches(
      pace,
      signal,
      (limit) => removeRows(sql, table, key, tenantId, limit),
      (done) => onBatch(table, done),
    )
  return removed
}

async function removeRows(
  sql: Sql,
  table: string,
  key: readonly string[],
  tenantId: string,
  limit: number,
): Promise<number> {
  const names = ['tenant_id', ...key]
  const removed = await sql.unsafe(
    `with old as materialized (select ${names.join(', ')} from ${table} where tenant_id = $1 limit $2)
     delete from ${table} v using old where ${names.map((name) => `v.${name} = old.${name}`).join(' and ')}`,
    [tenantId, limit],
  )
  return removed.count
}

async function eraseAudit(sql: Sql, tenantId: string): Promise<number> {
  const [row] = await sql<{ removed: number }[]>`
    select remove_audit_prefix(${tenantId}, 9223372036854775807)::float8 as removed`
  return row?.removed ?? 0
}

/** Every session that the tenant ever had, as far as a table tells. */
export async function sessionsOf(sql: Sql, tenantId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select session_id as id from session_view where tenant_id = ${tenantId}
    union select session_id from webhook_session where tenant_id = ${tenantId}`
  return rows.map(({ id }) => id)
}

export const keysOf = async (sql: Sql, tenantId: string): Promise<string[]> =>
  (await sql<{ id: string }[]>`select key_id as id from api_key where tenant_id = ${tenantId}`).map(({ id }) => id)

/**
 * What is left of a tenant: its id, so that it is never used again, and what the business figures of past months are made of – which plan
 * held when, whether it had linked an account, and when it first sent a message. The latter while the rows that tell it are there.
 */
export async function bury(sql: Sql, tenantId: string): Promise<void> {
  await sql`update tenant set name = '', metadata = '{}', suspended_reason = null,
      had_linked = coalesce(had_linked, exists (select from session_view v
        where v.tenant_id = ${tenantId} and mode = 'live' and coalesce(account_phone, account_lid) is not null)),
      first_sent_on = coalesce(first_sent_on, (select min(day) from usage_day u
        where u.tenant_id = ${tenantId} and mode = 'live' and sent > 0)),
      erased_at = coalesce(erased_at, now()), updated_at = now()
    where tenant_id = ${tenantId}`
  await sql`delete from plan_change where tenant_id = ${tenantId} and state <> 'applied'`
  await sql`update plan_change set by = 'erased', overrides = '{}' where tenant_id = ${tenantId} and by <> 'erased'`
  await sql`delete from job where tenant_id = ${tenantId} and kind <> 'erase_tenant'`
}
