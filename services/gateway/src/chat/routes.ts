import { chatPage, chatsQuery } from '@wagate/api/chat.ts'
import { messagePage, messagesQuery } from '@wagate/api/message.ts'
import { isId } from '@wagate/messages/ids.ts'
import { type Caller, reaches } from '../access/authenticate.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import type { MessageViews } from '../message/views.ts'

export type ChatDeps = { cursors: Cursors; views: MessageViews }

const tag = 'Chats'

export function chatRoutes(mount: Mount, deps: ChatDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/chats',
      scope: 'messages:read',
      bySession: true,
      tag,
      summary: 'List chats',
      query: chatsQuery.omit({ assignee: true, unread: true, q: true }),
      answers: { 200: { description: 'The one with the newest message first.', schema: chatPage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { limit, cursor, session_id: sessionId } = call.query
      const list = [tenantId, mode, 'chats', sessionId ?? '']
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const sessionIds = sessionId === undefined ? call.caller.sessionIds : [sessionId].filter(isWithin(call.caller))
      if (sessionIds?.length === 0) return call.json(200, { data: [], next_cursor: null })
      const rows = await deps.views.listChats(tenantId, mode, { sessionIds }, { limit, after })
      return call.json(200, pageOf(rows, limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/chats/{chat_id}/messages',
      scope: 'messages:read',
      bySession: true,
      tag,
      summary: 'List the messages of a chat',
      query: messagesQuery,
      answers: { 200: { description: 'Newest first, in both directions.', schema: messagePage } },
      problems: ['chat-not-found', 'invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { limit, cursor } = call.query
      const chatId = call.params.chat_id
      const list = [tenantId, mode, 'messages of chat', chatId]
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const sessionId = isId('chat', chatId) ? await deps.views.sessionOfChat(tenantId, mode, chatId) : undefined
      if (sessionId === undefined || !reaches(call.caller, sessionId))
        throw new DomainError(
          'chat-not-found',
          'There is no chat with this id: check it, or list your chats with GET /v1/chats.',
        )
      const rows = await deps.views.listMessages(tenantId, mode, { chatId }, { limit, after })
      return call.json(200, pageOf(rows, limit, { cursors: deps.cursors, list }))
    },
  )
}

const isWithin =
  (caller: Caller) =>
  (sessionId: string): boolean =>
    isId('session', sessionId) && reaches(caller, sessionId)
