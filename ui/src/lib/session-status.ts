// One label and one colour for each state of a session, wherever it is shown.
import type { Session } from '@wagate/api/session.ts'
import type { Verdict } from '@wagate/api/session-health.ts'
import type { Tone } from './tone.ts'

export type SessionStatus = Session['status']

/** `live`: it changes by itself in a moment. */
export const sessionStatus: Record<
  SessionStatus,
  { tone: Tone; live: boolean; label: `session_status.${SessionStatus}` }
> = {
  starting: { tone: 'busy', live: true, label: 'session_status.starting' },
  awaiting_qr: { tone: 'warn', live: true, label: 'session_status.awaiting_qr' },
  connecting: { tone: 'busy', live: true, label: 'session_status.connecting' },
  connected: { tone: 'good', live: false, label: 'session_status.connected' },
  quarantined: { tone: 'warn', live: false, label: 'session_status.quarantined' },
  closed: { tone: 'bad', live: false, label: 'session_status.closed' },
}

export const verdictTone: Record<Verdict, Tone> = { healthy: 'good', degraded: 'warn', action_needed: 'bad' }

/** What people call it: the name that was given, or the number. */
export const sessionTitle = ({ name, account, id }: Pick<Session, 'name' | 'account' | 'id'>): string =>
  name ?? account?.phone ?? id
