// Events → how their session was served. Time is counted when a state ends, so a session at rest costs nothing; the next owner of a
// session tells when the one before was lost, so what looked like one state is counted as two.
import type { Mode } from '@wagate/messages/envelope.ts'
import type { Event } from '@wagate/messages/events.ts'
import type { SessionRow } from '../session-view/project.ts'
import type { StoredEvent } from '../stored-event.ts'
import { addTo, type ServiceDays } from './days.ts'
import { availabilityAfter, type ServiceState, tellsAll, unserved } from './state.ts'

/** A session that changed its owner is back in time within this; the promise of a failover. */
const inTimeMs = 30_000

/** Counts the event, which the session has not published before, and answers the state that it leads to. */
export function countService(
  days: ServiceDays,
  row: SessionRow | undefined,
  stored: StoredEvent,
  mode: Mode,
): ServiceState {
  const { event } = stored
  const before = row ? stateBefore(row, event) : unserved
  if (!event.type.startsWith('session.')) return before
  const add = addTo(days, stored, mode)
  countMigration(add, event)
  return {
    ...countTime(add, before, event),
    link_since: countLink(add, before, event),
    known_sequence: tellsAll(event) ? event.sequence : before.known_sequence,
  }
}

type Add = ReturnType<typeof addTo>

/**
 * What the row says, unless that is later than the event: a replay begins with rows as they are now where EVENTS forgot their beginning,
 * and of those times nothing is known until the next event that tells all.
 */
function stateBefore({ availability, availability_since, link_since, known_sequence }: SessionRow, event: Event) {
  if (known_sequence !== null && known_sequence >= event.sequence) return unserved
  return { availability, availability_since, link_since, known_sequence }
}

function countTime(
  add: Add,
  { availability, availability_since, known_sequence }: ServiceState,
  event: Event,
): Pick<ServiceState, 'availability' | 'availability_since'> {
  const after = availabilityAfter(event, availability)
  if (after === undefined) return { availability, availability_since }
  const sinceMs = availability_since === null ? atOf(event) : Date.parse(availability_since)
  const untilMs = Math.max(sinceMs, atOf(event))
  if (availability !== null && known_sequence !== null) {
    const within = (ms: number): number => Math.min(Math.max(ms, sinceMs), untilMs)
    const { lostMs, excusedMs } = toldOf(event)
    const excused = within(excusedMs)
    const lost = availability === 'up' ? Math.min(within(lostMs), excused) : excused
    add.time(availability, sinceMs, lost, known_sequence)
    add.time('down', lost, excused, known_sequence)
    add.time('excused', excused, untilMs, known_sequence)
  }
  return { availability: after, availability_since: after === null ? null : new Date(untilMs).toISOString() }
}

const atOf = ({ data }: Event): number => Date.parse(data.at)

/** From when on it had no connection, and from when on the customer's proxy was why, as the event tells afterwards. */
function toldOf({ data }: Event): { lostMs: number; excusedMs: number } {
  const at = (time: string | undefined): number => (time === undefined ? Number.POSITIVE_INFINITY : Date.parse(time))
  return {
    lostMs: at('takeover' in data ? data.takeover?.since : undefined),
    excusedMs: at('proxyFailedSince' in data ? data.proxyFailedSince : undefined),
  }
}

/** An attempt begins with the first QR string or pairing code and goes on through all that follow, until it leads to an account or is given up. */
function countLink(add: Add, { link_since, known_sequence }: ServiceState, event: Event): string | null {
  if (event.type === 'session.paired' && link_since !== null && known_sequence !== null) {
    const sinceMs = Date.parse(link_since)
    add.count('links_made', 1, sinceMs, known_sequence)
    add.count('link_ms', Math.max(0, atOf(event) - sinceMs), sinceMs, known_sequence)
  }
  if (tellsAll(event)) return null
  const isShown = event.type === 'session.qr_issued' || event.type === 'session.code_issued'
  if (!isShown || link_since !== null || known_sequence === null) return link_since
  add.count('links_tried', 1, atOf(event), known_sequence)
  return event.data.at
}

/** Counted when it ends: with a connection, or with an account that has to be linked anew. What people or WhatsApp end otherwise is no migration. */
function countMigration(add: Add, event: Event): void {
  const isEnd =
    event.type === 'session.connected' || (event.type === 'session.closed' && event.data.reason === 'logged_out')
  if (!isEnd || !event.data.takeover) return
  const count = (figure: 'migrations' | 'migrations_made' | 'migrations_in_time'): void =>
    add.count(figure, 1, atOf(event), event.sequence)
  count('migrations')
  if (event.type !== 'session.connected') return
  count('migrations_made')
  if (atOf(event) - Date.parse(event.data.takeover.since) <= inTimeMs) count('migrations_in_time')
}
