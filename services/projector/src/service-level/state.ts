// Whether a session is to be connected, and is: what each event makes of it (docs/service-levels.md).
import type { Event, EventType, QuarantineReason } from '@wagate/messages/events.ts'

/** `excused`: it should be connected and is not, for a reason that is not ours. */
export type Availability = 'up' | 'down' | 'excused'

/** Columns of `session_view`; times are ISO strings. */
export type ServiceState = {
  /** Null: it need not be connected. */
  availability: Availability | null
  availability_since: string | null
  /** Null: nobody is linking it. */
  link_since: string | null
  /**
   * The session's number of the last event that says all this by itself, whatever was before: without that event nothing that follows can
   * be counted again. Null: none was seen yet, and nothing is known.
   */
  known_sequence: number | null
}

export const unserved: ServiceState = {
  availability: null,
  availability_since: null,
  link_since: null,
  known_sequence: null,
}

/** WhatsApp's codes for what the account, or somebody with its credentials, has done: banned for a while, another client. */
const excusedCodes: ReadonlySet<number> = new Set([402, 440])

const isExcused: Record<QuarantineReason, boolean> = {
  replaced: true,
  temporarily_banned: true,
  stream_errors: false,
  outdated: false,
  crash_loop: false,
}

/** What the session is after the event; undefined: what it was. */
export function availabilityAfter(event: Event, before: Availability | null): Availability | null | undefined {
  switch (event.type) {
    case 'session.paired':
      return 'down'
    case 'session.connected':
      return 'up'
    case 'session.disconnected':
      return excusedCodes.has(event.data.code) ? 'excused' : 'down'
    case 'session.quarantined': // one that is not linked may be, too
      if (before === null) return undefined
      return isExcused[event.data.reason] ? 'excused' : 'down'
    case 'session.created':
    case 'session.qr_issued':
    case 'session.code_issued':
    case 'session.closed':
    case 'session.deleted':
      return null
    default:
      return undefined
  }
}

const telling: ReadonlySet<EventType> = new Set([
  'session.created',
  'session.paired',
  'session.connected',
  'session.disconnected',
  'session.closed',
  'session.deleted',
])

/** Whether nothing before the event matters for what the session is after it: it is linked, or it is not and nobody is linking it. */
export const tellsAll = ({ type }: Event): boolean => telling.has(type)
