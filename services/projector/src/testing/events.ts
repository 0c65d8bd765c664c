// Events as a worker makes them, for tests and measurements.
import type { Party } from '@wagate/messages/envelope.ts'
import type { CloseReason, Event, EventOf, EventType, QuarantineReason, Takeover } from '@wagate/messages/events.ts'
import { eventId, ulidFrom } from '@wagate/messages/ids.ts'
import type { StoredEvent } from '../stored-event.ts'

/** What the next owner of a session tells of the time before it. */
type Absence = { takeover?: Takeover; proxyFailedSince?: string }

const startMs = Date.UTC(2026, 10, 20, 10)

/** A ULID that is the same in every run: a time, and the name. */
const ulidAt = (ms: number, name: string): string => ulidFrom(ms, Buffer.from(name.padEnd(10, '.').slice(0, 10)))
/** The n-th millisecond of the test, and the name. */
const ulid = (n: number, name: string): string => ulidAt(startMs + n, name)

export const messageIdOf = (n: number, name = 'message'): string => `msg_${ulid(n, name)}`
export const messageIdAt = (ms: number, name: string): string => `msg_${ulidAt(Math.floor(ms), name)}`
export const timeOf = (n: number): string => new Date(startMs + n).toISOString()

/** One session that happens: each call makes its next event, a millisecond after the one before unless `timeAt` says when. */
export function createStory(name = 'one', tenantId = 'ten_a', timeAt: (sequence: number) => string = timeOf) {
  const sessionId = `ses_${ulid(0, name)}`
  let sequence = 0
  const make = <Type extends EventType>(type: Type, data: (at: string) => EventOf<Type>['data']) => {
    sequence++
    const time = timeAt(sequence)
    const envelope = { id: eventId(sessionId, sequence), source: 'worker', time, tenantId, sessionId, sequence }
    return { ...envelope, type, data: data(time) }
  }
  const outbound = (messageId: string, chat: Party, body: string, at: string) => ({
    messageId,
    chat,
    content: { type: 'text' as const, text: { body } },
    acceptedAt: at,
    waMessageId: `wa_${messageId}`,
    at,
  })
  const unsent = (messageId: string, chat: Party, at: string) => {
    const { waMessageId: _, ...rest } = outbound(messageId, chat, 'hi', at)
    return rest
  }
  const receipt = (messageId: string, chat: Party, at: string) => ({
    messageId,
    waMessageId: `wa_${messageId}`,
    chat,
    at,
  })
  return {
    tenantId,
    sessionId,
    created: (mode: 'test' | 'live' = 'test'): Event => make('session.created', (at) => ({ mode, name: name, at })),
    qrIssued: (): Event => make('session.qr_issued', (at) => ({ expiresAt: at, at })),
    paired: (account: Party): Event => make('session.paired', (at) => ({ account, at })),
    codeIssued: (): Event => make('session.code_issued', (at) => ({ expiresAt: at, at })),
    connected: (account: Party, absence: Absence = {}): Event =>
      make('session.connected', (at) => ({ account, ...absence, at })),
    disconnected: (code = 428): Event => make('session.disconnected', (at) => ({ code, reason: 'closed', at })),
    quarantined: (reason: QuarantineReason = 'replaced', absence: Absence = {}): Event =>
      make('session.quarantined', (at) => ({ reason, code: 440, until: at, ...absence, at })),
    closed: (reason: CloseReason = 'logged_out', absence: Absence = {}): Event =>
      make('session.closed', (at) => ({ reason, ...absence, at })),
    deleted: (): Event => make('session.deleted', (at) => ({ at })),
    sent: (messageId: string, chat: Party, body = 'hi'): Event =>
      make('message.sent', (at) => outbound(messageId, chat, body, at)),
    unconfirmed: (messageId: string, chat: Party): Event =>
      make('message.unconfirmed', (at) => outbound(messageId, chat, 'hi', at)),
    failed: (messageId: string, chat: Party): Event =>
      make('message.failed', (at) => ({
        ...outbound(messageId, chat, 'hi', at),
        code: 'not-on-whatsapp',
        detail: 'No.',
      })),
    cancelled: (messageId: string, chat: Party): Event =>
      make('message.cancelled', (at) => unsent(messageId, chat, at)),
    expired: (messageId: string, chat: Party): Event =>
      make('message.expired', (at) => ({ ...unsent(messageId, chat, at), expiresAt: at })),
    delivered: (messageId: string, chat: Party): Event =>
      make('message.delivered', (at) => receipt(messageId, chat, at)),
    read: (messageId: string, chat: Party): Event => make('message.read', (at) => receipt(messageId, chat, at)),
    played: (messageId: string, chat: Party): Event => make('message.played', (at) => receipt(messageId, chat, at)),
    /** A receipt that names only WhatsApp's id. */
    deliveredToPhone: (waMessageId: string, chat: Party): Event =>
      make('message.delivered', (at) => ({ waMessageId, chat, at })),
    received: (messageId: string, from: Party, body = 'hello', pushName?: string): Event =>
      make('message.received', (at) => ({
        messageId,
        waMessageId: `wa_${messageId}`,
        chat: from,
        from,
        content: { type: 'text', text: { body } },
        ...(pushName === undefined ? {} : { pushName }),
        at,
      })),
    /** Something that this version does not read. */
    receivedUnsupported: (messageId: string, from: Party): Event =>
      make('message.received', (at) => ({
        messageId,
        waMessageId: `wa_${messageId}`,
        chat: from,
        from,
        content: { type: 'unsupported', unsupported: { kind: 'imageMessage' } },
        at,
      })),
    echoed: (messageId: string, chat: Party): Event =>
      make('message.echoed', (at) => ({
        messageId,
        waMessageId: `wa_${messageId}`,
        chat,
        content: { type: 'text', text: { body: 'from my phone' } },
        at,
      })),
  }
}
export type Story = ReturnType<typeof createStory>

/** The events as EVENTS would hold them, from that position on. */
export const stored = (events: Event[], fromSeq = 1): StoredEvent[] =>
  events.map((event, index) => ({ seq: fromSeq + index, event }))
