// Events → entries of a session's timeline: what a person would want to read about it, and none of what repeats itself.
import type { Event, EventOf } from '@wagate/messages/events.ts'
import {
  disconnectReasonOf,
  type TimelineDetail,
  type TimelineReason,
  type ToldType,
} from '@wagate/messages/timeline.ts'
import { type SessionRow, sessionKey } from '../session-view/project.ts'

type Entry = { at: string; type: ToldType; reason: TimelineReason | null; detail: TimelineDetail }

/** A row of `session_timeline`. */
export type TimelineRow = Entry & {
  tenant_id: string
  session_id: string
  sequence: number
  part: number
  entry_id: string
}

type Told = { tenant_id: string; session_id: string; rows: TimelineRow[]; deleted: boolean }

/** By session. `deleted`: what it had before is to go. */
export type Timeline = Map<string, Told>

/** `row`: the session before the event. */
export function tellEvent(timeline: Timeline, row: SessionRow | undefined, event: Event): void {
  const entries = entriesOf(row, event)
  const isEnd = event.type === 'session.deleted'
  if (entries.length === 0 && !isEnd) return
  const ids = { tenant_id: event.tenantId, session_id: event.sessionId }
  const told = timeline.get(sessionKey(event)) ?? { ...ids, rows: [], deleted: false }
  timeline.set(sessionKey(event), told)
  if (isEnd) {
    told.rows = []
    told.deleted = true
    return
  }
  for (const [part, entry] of entries.entries())
    told.rows.push({ ...ids, sequence: event.sequence, part, entry_id: `${event.id}.${part}`, ...entry })
}

function entriesOf(row: SessionRow | undefined, event: Event): Entry[] {
  const entry = (
    type: ToldType,
    { reason = null, ...detail }: TimelineDetail & { reason?: TimelineReason | null } = {},
  ): Entry => ({ at: event.data.at, type, reason, detail })

  switch (event.type) {
    case 'session.created':
      return [entry('created')]
    case 'session.qr_issued': // a new string every half minute, as long as nobody scans it
      return row?.status === 'awaiting_qr' ? [] : [entry('qr_shown')]
    case 'session.code_issued':
      return [entry('code_shown')]
    case 'session.paired':
      return [entry('linked')]
    case 'session.connected':
      return [...recovered(event, entry), ...moved(event, entry), entry('connected')]
    case 'session.disconnected': {
      const { code } = event.data
      return [entry('disconnected', { reason: disconnectReasonOf(code), code })]
    }
    case 'session.quarantined': {
      const { reason, code, until } = event.data
      return [entry('paused', { reason, until, ...(code !== 0 && { code }) })]
    }
    case 'session.restricted':
      return [entry('restricted', { reason: event.data.restriction, until: event.data.until })]
    case 'session.unrestricted':
      return [entry('unrestricted', { reason: event.data.restriction })]
    case 'session.closed': {
      const { reason, requested } = event.data
      return [...moved(event, entry), entry('closed', { reason: requested ? 'logged_out_as_asked' : reason })]
    }
    default:
      return []
  }
}

type Make = (type: ToldType, given: TimelineDetail & { reason?: TimelineReason }) => Entry

/** Told once, when it is over: events on the way there tell of the same change of owner. */
function moved(event: EventOf<'session.connected' | 'session.closed'>, entry: Make): Entry[] {
  const { takeover, at } = event.data
  if (!takeover) return []
  const gapMs = Math.max(0, Date.parse(at) - Date.parse(takeover.since))
  return [entry('moved', { reason: takeover.cause, since: takeover.since, gap_ms: gapMs })]
}

function recovered({ data: { proxyFailedSince } }: EventOf<'session.connected'>, entry: Make): Entry[] {
  return proxyFailedSince === undefined ? [] : [entry('proxy_recovered', { since: proxyFailedSince })]
}
