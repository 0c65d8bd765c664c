import { sessionView } from '@wagate/db/session-view.ts'
import type { TransactionSql } from 'postgres'
import { jsonOf, recordset, recordType, upsert } from '../recordset.ts'
import { type SessionRow, type Sessions, sessionKey } from './project.ts'

const key = ['tenant_id', 'session_id'] as const
const select = `select to_json(v) as row from ${recordset(recordType(sessionView, key))}
  join session_view v using (tenant_id, session_id)`
const write = upsert(sessionView, key)

/** The rows of these sessions, as far as there are any. */
export async function loadSessions(
  sql: TransactionSql,
  sessions: Iterable<{ tenantId: string; sessionId: string }>,
): Promise<Sessions> {
  const wanted = new Map<string, { tenant_id: string; session_id: string }>()
  for (const session of sessions)
    wanted.set(sessionKey(session), { tenant_id: session.tenantId, session_id: session.sessionId })
  const rows = await sql.unsafe<{ row: SessionRow }[]>(select, [jsonOf([...wanted.values()])], { prepare: true })
  return new Map(rows.map(({ row }) => [`${row.tenant_id}|${row.session_id}`, row]))
}

export async function applySessions(sql: TransactionSql, rows: readonly SessionRow[]): Promise<void> {
  if (rows.length > 0) await sql.unsafe(write, [jsonOf(rows)], { prepare: true })
}
