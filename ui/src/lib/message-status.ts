// One label and one colour for each state of a message, wherever it is shown.
import type { Message } from '@wagate/api/message.ts'
import type { Tone } from './tone.ts'

export type MessageStatus = Message['status']

/** `live`: it changes by itself in a moment. */
export const messageStatus: Record<
  MessageStatus,
  { tone: Tone; live: boolean; label: `message_status.${MessageStatus}` }
> = {
  accepted: { tone: 'busy', live: true, label: 'message_status.accepted' },
  queued: { tone: 'busy', live: true, label: 'message_status.queued' },
  sending: { tone: 'busy', live: true, label: 'message_status.sending' },
  sent: { tone: 'good', live: false, label: 'message_status.sent' },
  delivered: { tone: 'good', live: false, label: 'message_status.delivered' },
  read: { tone: 'good', live: false, label: 'message_status.read' },
  played: { tone: 'good', live: false, label: 'message_status.played' },
  received: { tone: 'idle', live: false, label: 'message_status.received' },
  unknown: { tone: 'warn', live: false, label: 'message_status.unknown' },
  failed: { tone: 'bad', live: false, label: 'message_status.failed' },
  cancelled: { tone: 'idle', live: false, label: 'message_status.cancelled' },
  expired: { tone: 'warn', live: false, label: 'message_status.expired' },
}
