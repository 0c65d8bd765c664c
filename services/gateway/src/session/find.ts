// The session that a request names: from memory, and from the bucket when another gateway created it a moment ago.
import type { SessionConfig } from '@wagate/messages/control.ts'
import { isId } from '@wagate/messages/ids.ts'
import { type Caller, reaches } from '../access/authenticate.ts'
import { DomainError } from '../http/problem.ts'
import type { SessionDirectory, SessionEntry } from './directory.ts'

export type FindSessionDeps = {
  directory: SessionDirectory
  readSessionConfig: (
    tenantId: string,
    sessionId: string,
  ) => Promise<{ config: SessionConfig; revision: number } | undefined>
}

/** Throws `session-not-found`, the same for one that is another tenant's, of the other mode, beyond the key's sessions, deleted or never was. */
export async function findSession(deps: FindSessionDeps, caller: Caller, sessionId: string): Promise<SessionEntry> {
  if (!reaches(caller, sessionId)) throw sessionNotFound()
  const known = deps.directory.find(caller.tenantId, caller.mode, sessionId)
  if (known) return known
  if (isId('session', sessionId) && !deps.directory.isDeleted(caller.tenantId, sessionId)) {
    const stored = await deps.readSessionConfig(caller.tenantId, sessionId)
    if (stored) deps.directory.put(stored.config, stored.revision)
    const found = deps.directory.find(caller.tenantId, caller.mode, sessionId)
    if (found) return found
  }
  throw sessionNotFound()
}

export const sessionNotFound = () =>
  new DomainError(
    'session-not-found',
    'There is no session with this id: check it, or list your sessions with GET /v1/sessions.',
  )
