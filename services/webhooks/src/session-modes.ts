// Whether a session is a test or a live one, from memory for those seen lately, else from the database.
import type { Event } from '@wagate/messages/events.ts'
import type { SessionMode } from './delivery/queries.ts'
import type { Mode } from './endpoint/endpoint.ts'

/** Resolves with the mode of each event's session. One that nobody knows counts as live: test endpoints must not see it. */
export function createSessionModes(
  read: (sessions: { tenantId: string; sessionId: string }[]) => Promise<SessionMode[]>,
  capacity = 50_000,
) {
  const known = new Map<string, Mode>()
  const key = (session: { tenantId: string; sessionId: string }) => `${session.tenantId}|${session.sessionId}`

  return async (events: readonly Event[]): Promise<(event: Event) => Mode> => {
    const missing = new Map<string, Event>()
    for (const event of events) {
      if (event.type === 'session.created') known.set(key(event), event.data.mode)
      else if (!known.has(key(event))) missing.set(key(event), event)
    }
    const wanted = [...missing.values()].map(({ tenantId, sessionId }) => ({ tenantId, sessionId }))
    if (wanted.length > 0) for (const session of await read(wanted)) known.set(key(session), session.mode)
    const modes = new Map(events.map((event) => [key(event), known.get(key(event)) ?? 'live']))
    if (known.size > capacity) known.clear()
    return (event) => modes.get(key(event)) ?? 'live'
  }
}
