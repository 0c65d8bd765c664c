// Rows of `service_day` as additions to what the table has.
import type { Mode } from '@wagate/messages/envelope.ts'
import type { StoredEvent } from '../stored-event.ts'
import type { Availability } from './state.ts'

export const serviceFigures = [
  'up_ms',
  'down_ms',
  'excused_ms',
  'links_tried',
  'links_made',
  'link_ms',
  'migrations',
  'migrations_made',
  'migrations_in_time',
] as const
export type ServiceFigure = (typeof serviceFigures)[number]

export type ServiceRow = Record<ServiceFigure, number> & {
  tenant_id: string
  /** `2026-11-20` */
  day: string
  session_id: string
  mode: Mode
  first_sequence: number
  stream_seq: number
}

/** By tenant, session and day. */
export type ServiceDays = Map<string, ServiceRow>

const dayMs = 86_400_000
/** A time longer than this counts its last part only: one wrong clock must not make thousands of rows. */
const longestMs = 400 * dayMs

const timeIn: Record<Availability, ServiceFigure> = { up: 'up_ms', down: 'down_ms', excused: 'excused_ms' }

/** Adds to the rows of the event's session. `begun`: the number of the event without which the figure cannot be counted again. */
export function addTo(days: ServiceDays, { seq, event }: StoredEvent, mode: Mode) {
  const rowOf = (atMs: number, begun: number): ServiceRow => {
    const day = new Date(atMs).toISOString().slice(0, 10)
    const key = `${event.tenantId}|${event.sessionId}|${day}`
    const row = days.get(key) ?? emptyRow(event.tenantId, event.sessionId, day, mode, begun)
    row.first_sequence = Math.min(row.first_sequence, begun)
    row.stream_seq = seq
    days.set(key, row)
    return row
  }
  return {
    count(figure: ServiceFigure, amount: number, atMs: number, begun: number): void {
      rowOf(atMs, begun)[figure] += amount
    },
    time(spent: Availability, fromMs: number, toMs: number, begun: number): void {
      for (let at = Math.max(fromMs, toMs - longestMs); at < toMs; ) {
        const end = Math.min(toMs, (Math.floor(at / dayMs) + 1) * dayMs)
        rowOf(at, begun)[timeIn[spent]] += end - at
        at = end
      }
    },
  }
}

function emptyRow(tenantId: string, sessionId: string, day: string, mode: Mode, begun: number): ServiceRow {
  return {
    ...{ tenant_id: tenantId, day, session_id: sessionId, mode },
    ...{ up_ms: 0, down_ms: 0, excused_ms: 0, links_tried: 0, links_made: 0, link_ms: 0 },
    ...{ migrations: 0, migrations_made: 0, migrations_in_time: 0, first_sequence: begun, stream_seq: 0 },
  }
}
