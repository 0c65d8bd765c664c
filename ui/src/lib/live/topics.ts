// What an event may have changed on a page: the names that loads depend on.
import type { WebhookPayload } from '@wagate/api/webhook-payload.ts'
import type { LiveEvent } from './follow.ts'

export type Topic = 'sessions' | 'timeline' | 'messages' | 'chats' | 'unread' | 'phones'
export type EventType = WebhookPayload['type']

const ofSession: Topic[] = ['sessions', 'timeline', 'phones']
const ofMessage: Topic[] = ['messages', 'chats', 'phones']

/** They change ticks and no count. */
const receipts = new Set(['message.delivered', 'message.read', 'message.played'])

type Told = Pick<LiveEvent, 'type' | 'data'>
type Party = { phone: string | null; lid: string | null }

/** By the entity that an event is of; one that a page knows nothing of changes nothing on it. Typing is shown from the notice itself. */
export function topicsOf({ type, data }: Told): readonly string[] {
  switch (type.split('.')[0]) {
    case 'session':
      return ofSession
    case 'message':
      return [...ofMessage, ...(receipts.has(type) ? [] : ['unread' satisfies Topic]), ...namesIn(data)]
    case 'chat':
      return type === 'chat.typing' ? [] : ['chats', 'unread', ...idIn(data)]
    default:
      return []
  }
}

/**
 * For the load of one chat, which events of others do not concern. Events name the other side and no chat: whatever belongs to the chat
 * has a name in common with it. Notices have its id.
 */
export const topicsOfChat = ({ id, session_id, ...party }: { id: string; session_id: string } & Party): string[] => [
  `chat/${id}`,
  ...namesOf(session_id, party),
]

const namesOf = (sessionId: string, { phone, lid }: Party): string[] =>
  [phone, lid].flatMap((name) => (name === null ? [] : [`party/${sessionId}/${name}`]))

function namesIn(data: string): string[] {
  const { session_id, data: message } = JSON.parse(data) as { session_id: string; data: { chat: Party } }
  return namesOf(session_id, message.chat)
}

const idIn = (data: string): string[] => [`chat/${(JSON.parse(data) as { data: { chat_id: string } }).data.chat_id}`]
