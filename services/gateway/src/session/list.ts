// The list comes from memory, not from `session_view`: a session that was just created is in it, and it needs no Postgres.
import type { Session } from '@wagate/api/session.ts'
import { type Caller, reaches } from '../access/authenticate.ts'
import type { Position } from '../http/cursor.ts'
import type { Positioned } from '../postgres/in-tenant.ts'
import type { SessionDirectory } from './directory.ts'
import { presentSession } from './present.ts'

/** `limit + 1` at most, newest first; ids sort by time. */
export function listSessions(
  directory: SessionDirectory,
  caller: Caller,
  limit: number,
  after: Position | undefined,
): Positioned<Session>[] {
  return directory
    .list(caller.tenantId, caller.mode)
    .filter(({ config }) => reaches(caller, config.sessionId) && (after === undefined || config.sessionId < after.id))
    .slice(0, limit + 1)
    .map((entry) => ({ item: presentSession(entry), position: { key: '', id: entry.config.sessionId } }))
}
