// Rows and records → messages as the API shows them. Pure.
import { type AcceptedMessage, acceptedMessage, type Message } from '@wagate/api/message.ts'
import type { FoundMessage } from '@wagate/api/message-search.ts'
import type { messageView } from '@wagate/db/message-view.ts'
import type { IdempotencyRecord } from '@wagate/messages/control.ts'
import { content } from '@wagate/messages/envelope.ts'
import type { PendingMessage, WaitingMessage } from '@wagate/messages/questions.ts'
import type { LocatedChat } from '../chat/views.ts'

const iso = (date: Date | null): string | null => date?.toISOString() ?? null

export function presentMessage(row: typeof messageView.$inferSelect): Message {
  const inbound = row.direction === 'in'
  return {
    id: row.messageId,
    session_id: row.sessionId,
    chat_id: row.chatId,
    direction: inbound ? 'inbound' : 'outbound',
    via: inbound ? null : row.direction === 'out' ? 'api' : 'phone',
    status: row.state,
    queue: null,
    chat: { phone: row.chatPhone, lid: row.chatLid },
    from: inbound ? { phone: row.fromPhone, lid: row.fromLid } : null,
    ...presentContent(row.content),
    wa_message_id: row.waMessageId,
    error: row.errorCode === null ? null : { code: row.errorCode, detail: row.errorDetail ?? '' },
    created_at: (row.acceptedAt ?? row.createdAt).toISOString(),
    sent_at: iso(row.sentAt),
    delivered_at: iso(row.deliveredAt),
    read_at: iso(row.readAt),
    played_at: iso(row.playedAt),
    failed_at: iso(row.failedAt),
    cancelled_at: iso(row.cancelledAt),
    expired_at: iso(row.expiredAt),
  }
}

export function presentFound(row: typeof messageView.$inferSelect, name: string | null): FoundMessage {
  const message = presentMessage(row)
  return { ...message, chat: { ...message.chat, name } }
}

/** Content of a kind that is newer than this gateway shows as unsupported. */
function presentContent(stored: unknown): Pick<Message, 'type' | 'text' | 'unsupported'> {
  const parsed = content.safeParse(stored)
  return parsed.success ? parsed.data : { type: 'unsupported', unsupported: { kind: 'unknown' } }
}

/** A message that was accepted and of which no event tells yet; undefined when the record is of something else. */
export function presentAccepted(record: IdempotencyRecord): Message | undefined {
  const parsed = acceptedMessage.safeParse(record.body)
  return parsed.success ? unsent(parsed.data) : undefined
}

/** The same, as the worker that has its session tells it; undefined when it tells only that the message is no longer there. */
export function presentWaiting(sessionId: string, messageId: string, waiting: WaitingMessage): Message | undefined {
  if (waiting.state === 'settled') return undefined
  const { to, type, acceptedAt } = waiting
  const known = type === 'text' ? type : 'unsupported'
  const accepted = unsent({ id: messageId, session_id: sessionId, to, type: known, created_at: acceptedAt })
  return { ...accepted, ...presentStanding(waiting) }
}

/** How far it got, as the worker tells it. What waits no more was queued once, and says the rest by an event. */
export function presentStanding(waiting: WaitingMessage | undefined): Partial<Message> {
  if (!waiting) return {}
  if (waiting.state !== 'queued') return { status: waiting.state === 'sending' ? 'sending' : 'queued' }
  const { position, lane, expectedAt, expiresAt } = waiting
  return {
    status: 'queued',
    queue: { position, lane, expected_at: expectedAt ?? null, expires_at: expiresAt ?? null },
  }
}

/** One that was written to a chat and of which no event tells yet. */
export function presentPending(
  chat: LocatedChat,
  { messageId, state, to, content, acceptedAt }: PendingMessage,
): Message {
  const known = { id: messageId, session_id: chat.session_id, to, created_at: acceptedAt }
  const { phone, lid } = chat
  return {
    ...unsent({ ...known, type: content.type }),
    ...content,
    status: state,
    chat_id: chat.id,
    chat: { phone, lid },
  }
}

type Known = Pick<AcceptedMessage, 'id' | 'session_id' | 'to' | 'created_at'> & { type: Message['type'] }

function unsent({ id, session_id, to, type, created_at }: Known): Message {
  const isLid = to.endsWith('@lid')
  return {
    id,
    session_id,
    chat_id: null,
    direction: 'outbound',
    via: 'api',
    status: 'accepted',
    queue: null,
    chat: { phone: isLid ? null : to, lid: isLid ? to : null },
    from: null,
    type,
    wa_message_id: null,
    error: null,
    created_at,
    sent_at: null,
    delivered_at: null,
    read_at: null,
    played_at: null,
    failed_at: null,
    cancelled_at: null,
    expired_at: null,
  }
}
