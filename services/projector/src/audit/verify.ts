// Whether the chain of every tenant holds, read from the database from beginning to end.
import {
  type AuditRecord,
  type ChainEnd,
  type ChainVerdict,
  genesis,
  verifyChain,
} from '@wagate/messages/audit-chain.ts'
import type { Sql } from 'postgres'
import { sha256 } from './chain.ts'
import { type AuditRow, recordOf } from './rows.ts'

const batchSize = 1_000

/** Tenants that have entries, or had. */
export async function tenantsOnRecord(sql: Sql): Promise<string[]> {
  // One index lookup per tenant instead of reading every entry.
  const rows = await sql<{ tenantId: string }[]>`
    with recursive one (tenant_id) as (
      select min(tenant_id) from audit_entry
      union all
      select (select min(tenant_id) from audit_entry where tenant_id > one.tenant_id) from one where one.tenant_id is not null
    )
    select tenant_id as "tenantId" from one where tenant_id is not null
    union select tenant_id from audit_anchor order by 1`
  return rows.map(({ tenantId }) => tenantId)
}

export async function verifyTenant(sql: Sql, tenantId: string): Promise<ChainVerdict> {
  const [anchor] = await sql<ChainEnd[]>`
    select number::float8 as number, hash from audit_anchor where tenant_id = ${tenantId}`
  let verdict: ChainVerdict = { holds: true, through: anchor ?? genesis }
  for (;;) {
    const records = await readAfter(sql, tenantId, verdict.through.number)
    verdict = verifyChain(records, verdict.through, sha256)
    if (!verdict.holds || records.length < batchSize) return verdict
  }
}

async function readAfter(sql: Sql, tenantId: string, number: number): Promise<AuditRecord[]> {
  const rows = await sql<AuditRow[]>`
    select tenant_id, number::float8 as number, entry_id, at, actor_kind, actor_id, action, targets, mode,
           request_id, route, address, changes, previous_hash, hash
    from audit_entry where tenant_id = ${tenantId} and number > ${number} order by number limit ${batchSize}`
  return rows.map(recordOf)
}
