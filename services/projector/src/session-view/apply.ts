import { sessionView } from '@wagate/db/session-view.ts'
import type { Event } from '@wagate/messages/events.ts'
import { jsonOf, recordset, recordType, upsert } from '../recordset.ts'
import { type SessionRow, type Sessions, sessionKey } from './project.ts'

const key = ['tenant_id', 'session_id'] as const

/** Finds the rows of the sessions that a parameter names: `sessionsParameter`. */
export const selectSessions = (parameter: number): string =>
  `select to_json(v) as row from ${recordset(recordType(sessionView, key), parameter)}
   join session_view v on v.tenant_id = r.tenant_id and v.session_id = r.session_id`

export const sessionsParameter = (events: readonly Event[]): string =>
  jsonOf([
    ...new Map(events.map((one) => [sessionKey(one), { tenant_id: one.tenantId, session_id: one.sessionId }])).values(),
  ])

export const openSessions = (rows: readonly SessionRow[]): Sessions =>
  new Map(rows.map((row) => [`${row.tenant_id}|${row.session_id}`, row]))

/** Writes rows of `session_view`. */
export const writeSessions = (parameter: number): string => upsert(sessionView, key, parameter)
