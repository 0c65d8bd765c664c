// Entries of the audit log as a gateway makes them, and how the database has them.
import type { AuditEntry } from '@wagate/messages/audit.ts'
import type { AuditRecord } from '@wagate/messages/audit-chain.ts'
import { ulidFrom } from '@wagate/messages/ids.ts'
import type { Sql } from 'postgres'
import { type AuditRow, recordOf } from '../audit/rows.ts'

const startMs = Date.UTC(2026, 10, 21, 10)

/** The n-th entry of that tenant; the same in every run. */
export function anEntry(n: number, tenantId = 'ten_a', more: Partial<AuditEntry> = {}): AuditEntry {
  return {
    v: 1,
    id: `aud_${ulidFrom(startMs + n, Buffer.from('audittests'))}`,
    tenantId,
    time: new Date(startMs + n).toISOString(),
    actor: { kind: 'key', id: 'Zx81kQ0a' },
    action: 'session.created',
    targets: [`ses_${n}`],
    mode: 'test',
    requestId: `req_${n}`,
    route: 'POST /v1/sessions',
    address: '203.0.113.0/24',
    changes: { n, proxy: null, fields: ['Ω', '"'] },
    ...more,
  }
}

/** All entries, in order. */
export async function readChain(sql: Sql, tenantId = 'ten_a'): Promise<AuditRecord[]> {
  const rows = await sql<AuditRow[]>`
    select tenant_id, number::float8 as number, entry_id, at, actor_kind, actor_id, action, targets, mode, request_id, route,
           address, changes, previous_hash, hash
    from audit_entry where tenant_id = ${tenantId} order by number`
  return rows.map(recordOf)
}
