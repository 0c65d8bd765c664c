// The chat that a request names.
import type { Chat } from '@wagate/api/chat.ts'
import { isId } from '@wagate/messages/ids.ts'
import { type Caller, reaches } from '../access/authenticate.ts'
import { DomainError } from '../http/problem.ts'
import type { ChatViews } from './views.ts'

/** Throws `chat-not-found`, the same for one that is another tenant's, of the other mode, beyond the key's sessions, or never was. */
export async function findReachable(
  views: Pick<ChatViews, 'find'>,
  caller: Pick<Caller, 'tenantId' | 'mode' | 'sessionIds'>,
  chatId: string,
): Promise<Chat> {
  const chat = isId('chat', chatId) ? await views.find(caller.tenantId, caller.mode, chatId) : undefined
  if (!chat || !reaches(caller, chat.session_id)) throw chatNotFound()
  return chat
}

export const chatNotFound = () =>
  new DomainError('chat-not-found', 'There is no chat with this id: check it, or list your chats with GET /v1/chats.')
