// An entry of the audit log as a row, and back.
import { auditEntry } from '@wagate/db/audit-entry.ts'
import type { AuditRecord } from '@wagate/messages/audit-chain.ts'
import { getTableConfig } from 'drizzle-orm/pg-core'
import { recordset, recordType } from '../recordset.ts'

export type AuditRow = Omit<AuditRecord, 'id' | 'time' | 'actor'> & {
  entry_id: string
  at: string | Date
  actor_kind: AuditRecord['actor']['kind']
  actor_id: string | null
}

export function rowOf({ id, time, actor, ...rest }: AuditRecord): AuditRow {
  return { ...rest, entry_id: id, at: time, actor_kind: actor.kind, actor_id: actor.id }
}

export function recordOf({ entry_id, at, actor_kind, actor_id, ...rest }: AuditRow): AuditRecord {
  return { ...rest, id: entry_id, time: new Date(at).toISOString(), actor: { kind: actor_kind, id: actor_id } }
}

const { name, columns } = getTableConfig(auditEntry)
const names = columns.map((column) => column.name)

/** The rows of the first parameter, as JSON. Plain INSERT: a number or an id that is taken is an error. */
export const insertRows = `insert into ${name} (${names.join(', ')})
  select ${names.map((column) => `r.${column}`).join(', ')} from ${recordset(recordType(auditEntry))}`
