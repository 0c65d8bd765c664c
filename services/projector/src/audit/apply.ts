// One transaction: wait for the turn, see where each tenant's chain ends and which entries it has, add the others.
import type { AuditEntry } from '@wagate/messages/audit.ts'
import type { ChainEnd } from '@wagate/messages/audit-chain.ts'
import type { Sql, TransactionSql } from 'postgres'
import { advanceCheckpoints, type Checkpoint, checkpointsParameter, lockCheckpoints } from '../checkpoint.ts'
import { chainUp, entryKey } from './chain.ts'
import { insertRows, rowOf } from './rows.ts'

/** `end`: the last message of what was pulled. */
export type AuditBatch = { entries: readonly AuditEntry[]; end: Checkpoint }
/** `repeats`: entries that were there before. */
export type Recorded = { entries: number; repeats: number }

/**
 * Adds the entries to their tenants' chains. Which ones are new is decided by their ids, not by the checkpoint: it is here to be locked,
 * so that two copies of the service take turns, and to say how far a restored database is.
 * @throws what PostgreSQL answers; then nothing was written
 */
export async function recordEntries(sql: Sql, { entries, end }: AuditBatch): Promise<Recorded> {
  return sql.begin(async (tx) => {
    const locked = await lockCheckpoints(tx, [end.consumer])
    if (!locked.has(end.consumer)) throw new Error(`no checkpoint of ${end.consumer}: was the database replaced?`)
    const records = chainUp(entries, await readEnds(tx, entries), await readKnown(tx, entries))
    if (records.length > 0) await tx.unsafe(insertRows, [JSON.stringify(records.map(rowOf))], { prepare: true })
    await tx.unsafe(advanceCheckpoints(1), [checkpointsParameter([end])], { prepare: true })
    return { entries: records.length, repeats: entries.length - records.length }
  })
}

async function readEnds(tx: TransactionSql, entries: readonly AuditEntry[]): Promise<Map<string, ChainEnd>> {
  const tenants = [...new Set(entries.map(({ tenantId }) => tenantId))]
  const rows = await tx<(ChainEnd & { tenantId: string })[]>`
    select one.tenant_id as "tenantId", coalesce(e.number, a.number)::float8 as number, coalesce(e.hash, a.hash) as hash
    from unnest(${tenants}::text[]) as one (tenant_id)
    left join lateral (
      select number, hash from audit_entry where tenant_id = one.tenant_id order by number desc limit 1
    ) e on true
    left join audit_anchor a on a.tenant_id = one.tenant_id
    where coalesce(e.hash, a.hash) is not null`
  return new Map(rows.map(({ tenantId, number, hash }) => [tenantId, { number, hash }]))
}

async function readKnown(tx: TransactionSql, entries: readonly AuditEntry[]): Promise<Set<string>> {
  const [tenants, ids] = [entries.map(({ tenantId }) => tenantId), entries.map(({ id }) => id)]
  const rows = await tx<{ tenantId: string; id: string }[]>`
    select e.tenant_id as "tenantId", e.entry_id as id
    from unnest(${tenants}::text[], ${ids}::text[]) as one (tenant_id, entry_id)
    join audit_entry e on e.tenant_id = one.tenant_id and e.entry_id = one.entry_id`
  return new Set(rows.map(entryKey))
}
