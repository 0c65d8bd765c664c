// The chat that a request names.
import type { Chat } from '@wagate/api/chat.ts'
import type { Mode, Party } from '@wagate/messages/envelope.ts'
import { isId } from '@wagate/messages/ids.ts'
import { type Caller, reaches } from '../access/authenticate.ts'
import { DomainError } from '../http/problem.ts'
import type { ChatViews, LocatedChat } from './views.ts'

type Asking = Pick<Caller, 'tenantId' | 'mode' | 'sessionIds'>

/** Throws `chat-not-found`, the same for one that is another tenant's, of the other mode, beyond the key's sessions, or never was. */
export const findReachable = (views: Pick<ChatViews, 'find'>, caller: Asking, chatId: string): Promise<Chat> =>
  reachable(views.find, caller, chatId)

/** The same, of a chat that is not shown. */
export const locateReachable = (
  views: Pick<ChatViews, 'locate'>,
  caller: Asking,
  chatId: string,
): Promise<LocatedChat> => reachable(views.locate, caller, chatId)

/** Under the names that are known of them. */
export const otherSideOf = ({ phone, lid }: LocatedChat): Party => ({ ...(phone && { phone }), ...(lid && { lid }) })

async function reachable<Found extends { session_id: string }>(
  read: (tenantId: string, mode: Mode, chatId: string) => Promise<Found | undefined>,
  caller: Asking,
  chatId: string,
): Promise<Found> {
  const found = isId('chat', chatId) ? await read(caller.tenantId, caller.mode, chatId) : undefined
  if (!found || !reaches(caller, found.session_id)) throw chatNotFound()
  return found
}

export const chatNotFound = () =>
  new DomainError('chat-not-found', 'There is no chat with this id: check it, or list your chats with GET /v1/chats.')
