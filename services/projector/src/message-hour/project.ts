// Events → what became of the messages of each hour. A message belongs to the hour in its id: a receipt counts where its message does,
// however much later it comes. Rows are additions to what the table has.
import type { Mode } from '@wagate/messages/envelope.ts'
import { timeOfId } from '@wagate/messages/ids.ts'
import type { StoredEvent } from '../stored-event.ts'
import { figureOf, type MessageFigure, messageFigures } from '../usage/project.ts'

/** A row of `message_hour`: what the events of one batch add to it. */
export type HourRow = Record<MessageFigure, number> & {
  tenant_id: string
  /** Its beginning, `2026-11-20T10:00:00.000Z`. */
  hour: string
  session_id: string
  mode: Mode
  first_sequence: number
  stream_seq: number
}

/** By tenant, session and hour. */
export type Hours = Map<string, HourRow>

const hourMs = 3_600_000
const none = Object.fromEntries(messageFigures.map((figure) => [figure, 0])) as Record<MessageFigure, number>

/** Adds the event, which no session has published before, to the hour of its message. */
export function countByHour(hours: Hours, { seq, event }: StoredEvent, mode: Mode): void {
  const figure = figureOf(event)
  if (figure === undefined || !('messageId' in event.data) || event.data.messageId === undefined) return
  const { tenantId, sessionId } = event
  const hour = new Date(Math.floor(timeOfId(event.data.messageId) / hourMs) * hourMs).toISOString()
  const key = `${tenantId}|${sessionId}|${hour}`
  const identity = { tenant_id: tenantId, hour, session_id: sessionId, mode, first_sequence: event.sequence }
  const row: HourRow = hours.get(key) ?? { ...none, ...identity, stream_seq: 0 }
  row[figure] += 1
  row.stream_seq = seq
  hours.set(key, row)
}
