// Events → the row of their session. Every event of a session passes here, because the row also counts them.
import type { Event } from '@wagate/messages/events.ts'
import { timeOfId } from '@wagate/messages/ids.ts'
import { type ServiceState, unserved } from '../service-level/state.ts'
import type { StoredEvent } from '../stored-event.ts'

/** A row of `session_view`; times are ISO strings. */
export type SessionRow = ServiceState & {
  tenant_id: string
  session_id: string
  name: string | null
  mode: 'test' | 'live'
  status: 'starting' | 'awaiting_qr' | 'connecting' | 'connected' | 'quarantined' | 'closed'
  reason: string | null
  account_phone: string | null
  account_lid: string | null
  created_at: string
  changed_at: string
  deleted_at: string | null
  sequence: number
  first_stream_seq: number
  stream_seq: number
}

/** Sessions of one batch by `sessionKey`: what the database has, then what the events make of it. */
export type Sessions = Map<string, SessionRow>
export const sessionKey = (event: Pick<Event, 'tenantId' | 'sessionId'>): string =>
  `${event.tenantId}|${event.sessionId}`

/** Events may be stored twice, once by each owner of a session; the second copy has a number that was folded already. */
export const isRepeat = (row: SessionRow | undefined, event: Event): boolean =>
  row !== undefined && event.sequence <= row.sequence

/** The session's row after the event, but for how it was served. */
export function projectSession(row: SessionRow | undefined, { seq, event }: StoredEvent): SessionRow {
  const before = row ?? firstSight(seq, event)
  return { ...before, ...changes(before, event), sequence: event.sequence, stream_seq: seq }
}

/** Normally by `session.created`. After EVENTS forgot that one, a later event has to do, and the mode is taken as live. */
function firstSight(seq: number, event: Event): SessionRow {
  return {
    tenant_id: event.tenantId,
    session_id: event.sessionId,
    name: null,
    mode: 'live',
    status: 'starting',
    reason: null,
    account_phone: null,
    account_lid: null,
    created_at: new Date(timeOfId(event.sessionId)).toISOString(),
    changed_at: event.time,
    deleted_at: null,
    ...unserved,
    sequence: 0,
    first_stream_seq: seq,
    stream_seq: 0,
  }
}

function changes(row: SessionRow, event: Event): Partial<SessionRow> {
  const becomes = (status: SessionRow['status'], reason: string | null = null): Partial<SessionRow> =>
    row.status === status && row.reason === reason ? {} : { status, reason, changed_at: event.data.at }
  switch (event.type) {
    case 'session.created':
      return { ...becomes('starting'), mode: event.data.mode, name: event.data.name ?? null }
    case 'session.qr_issued': // only an unlinked session shows one
      return { ...becomes('awaiting_qr'), account_phone: null, account_lid: null }
    case 'session.paired':
      return { ...becomes('connecting'), ...account(row, event.data.account) }
    case 'session.connected':
      return { ...becomes('connected'), ...account(row, event.data.account) }
    case 'session.disconnected':
      return becomes(row.account_phone === null && row.account_lid === null ? 'starting' : 'connecting')
    case 'session.quarantined':
      return becomes('quarantined', event.data.reason)
    case 'session.closed':
      return becomes('closed', event.data.reason)
    case 'session.deleted':
      return { ...becomes('closed', row.reason), deleted_at: event.data.at }
    default:
      return {}
  }
}

/** An event may know only one of the two names; the other is kept. */
const account = (row: SessionRow, known: { phone?: string | undefined; lid?: string | undefined }) => ({
  account_phone: known.phone ?? row.account_phone,
  account_lid: known.lid ?? row.account_lid,
})
