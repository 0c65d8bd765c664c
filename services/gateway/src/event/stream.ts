// The live event stream of one client: events of its tenant, in order and without gaps from where it left off, and notices as they come.
import { toWebhookPayload } from '@wagate/api/webhook-payload.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { EventType } from '@wagate/messages/events.ts'
import type { Notice } from '@wagate/messages/notices.ts'
import { parseStoredEvent } from '@wagate/messages/stored-event.ts'
import { eventsOfSession, eventsOfTenant, parseEventSubject } from '@wagate/messages/subjects.ts'
import type { StoredMessage } from '@wagate/runtime/broker.ts'
import { reaches } from '../access/authenticate.ts'
import { interleave } from './interleave.ts'
import { type LiveNotices, presentNotice } from './notices.ts'

export type EventSource = {
  /** Position of the newest event under the subject; 0 when there is none. */
  lastPosition: (subject: string) => Promise<number>
  /** Live, from that position on, held back while the reader is slow. */
  tail: (subject: string, options: { fromSeq: number; signal: AbortSignal }) => AsyncIterable<StoredMessage>
}
export type StreamFilter = {
  tenantId: string
  mode: Mode
  types: ReadonlySet<EventType | Notice['type']> | undefined
  sessionId: string | undefined
  /** Nothing of other sessions; undefined for all. */
  sessionIds: readonly string[] | undefined
}
export type StreamDeps = EventSource & {
  /** Also of a session that is gone. Throws when it cannot be known now: the stream then ends, and the client resumes. */
  modeOfSession: (tenantId: string, sessionId: string) => Promise<Mode | undefined> | Mode | undefined
  onUnreadable: (reason: string) => void
  liveNotices: Pick<LiveNotices, 'hear'>
}

/** Where the stream starts: after the client's last event, or now. */
export async function openStream(
  deps: StreamDeps,
  filter: StreamFilter,
  lastEventId: number | undefined,
  signal: AbortSignal,
) {
  const subject =
    filter.sessionId === undefined
      ? eventsOfTenant(filter.tenantId)
      : eventsOfSession({ tenantId: filter.tenantId, sessionId: filter.sessionId })
  const position = lastEventId ?? (await deps.lastPosition(subject))
  const events = frames(deps, filter, deps.tail(subject, { fromSeq: position + 1, signal }))
  const listen = (send: (frame: string) => void) =>
    deps.liveNotices.hear(filter.tenantId, filter.mode, (told) => wants(filter, told) && send(noticeFrame(told)))
  return { position, frames: interleave(events, listen) }
}

/** Server-sent events, one per event that the client may and wants to see. */
async function* frames(
  deps: StreamDeps,
  filter: StreamFilter,
  messages: AsyncIterable<StoredMessage>,
): AsyncGenerator<string> {
  for await (const message of messages) {
    const subject = parseEventSubject(message.subject)
    if (!subject || (filter.types && !filter.types.has(subject.type))) continue
    if (!reaches(filter, subject.sessionId)) continue
    if ((await deps.modeOfSession(filter.tenantId, subject.sessionId)) !== filter.mode) continue
    const parsed = parseStoredEvent(message)
    if (parsed.ok) yield frame(String(message.seq), parsed.event.type, JSON.stringify(toWebhookPayload(parsed.event)))
    else deps.onUnreadable(parsed.reason)
  }
}

const wants = (filter: StreamFilter, { type, sessionId }: Notice): boolean =>
  (filter.types?.has(type) ?? true) && (filter.sessionId ?? sessionId) === sessionId && reaches(filter, sessionId)

/** Without an id: there is nothing to resume from. */
const noticeFrame = (told: Notice): string => `event: ${told.type}\ndata: ${JSON.stringify(presentNotice(told))}\n\n`

/** JSON has no line breaks of its own, so one `data` line holds it. */
const frame = (id: string, event: string, data: string) => `id: ${id}\nevent: ${event}\ndata: ${data}\n\n`
