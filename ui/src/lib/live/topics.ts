// What an event may have changed on a page: the names that loads depend on.
import type { WebhookPayload } from '@wagate/api/webhook-payload.ts'

export type Topic = 'sessions' | 'timeline' | 'messages' | 'chats' | 'phones'
export type EventType = WebhookPayload['type']

/** For `depends` and `invalidate`. */
export const topic = <Name extends Topic>(name: Name): `app:${Name}` => `app:${name}`

const ofSession: Topic[] = ['sessions', 'timeline', 'phones']
const ofMessage: Topic[] = ['messages', 'chats', 'phones']

/** By the entity that an event is of; one that a page knows nothing of changes nothing on it. */
const byEntity: Record<string, Topic[]> = { session: ofSession, message: ofMessage, chat: ['chats'], call: [] }

/** Typing is shown from the notice itself. */
export const topicsOf = (type: string): readonly Topic[] =>
  type === 'chat.typing' ? [] : (byEntity[type.split('.')[0] ?? ''] ?? [])
