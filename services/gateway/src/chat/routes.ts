import { chat, chatCounts, chatPage, chatsQuery } from '@wagate/api/chat.ts'
import { messagePage, messagesQuery } from '@wagate/api/message.ts'
import { isId } from '@wagate/messages/ids.ts'
import { type Caller, reaches } from '../access/authenticate.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import type { Mount } from '../http/route.ts'
import type { MessageViews } from '../message/views.ts'
import { assigneeOf } from './assignee.ts'
import { type ChatDeskDeps, chatDeskRoutes } from './desk-routes.ts'
import { findReachable, locateReachable } from './find.ts'
import { findPending, type PendingDeps, withPending } from './pending.ts'
import type { ChatViews } from './views.ts'

export type ChatDeps = ChatDeskDeps &
  PendingDeps & { cursors: Cursors; views: Pick<MessageViews, 'listMessages'>; chats: ChatViews }

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
      query: chatsQuery,
      answers: { 200: { description: 'The one with the newest message first.', schema: chatPage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { limit, cursor, session_id: sessionId, assignee, unread, q } = call.query
      const assigneeId = assigneeOf(call.caller, assignee)
      const list = [tenantId, mode, 'chats', JSON.stringify({ sessionId, assigneeId, unread, q })]
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const sessionIds = sessionId === undefined ? call.caller.sessionIds : [sessionId].filter(isWithin(call.caller))
      if (sessionIds?.length === 0) return call.json(200, { data: [], next_cursor: null })
      const filter = { sessionIds, assigneeId, unread: unread === 'true', q }
      const rows = await deps.chats.list(tenantId, mode, filter, { limit, after })
      return call.json(200, pageOf(rows, limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/chats/counts',
      scope: 'messages:read',
      bySession: true,
      tag,
      summary: 'Count unread chats',
      description: 'For a badge: as many as are shown, and no more.',
      answers: { 200: { description: 'How many there are.', schema: chatCounts } },
      problems: ['views-unavailable'],
    },
    async ({ caller, json }) => {
      const { tenantId, mode, actor, sessionIds } = caller
      const personId = actor.kind === 'person' ? actor.personId : undefined
      return json(200, await deps.chats.counts(tenantId, mode, { sessionIds, personId }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/chats/{chat_id}',
      scope: 'messages:read',
      bySession: true,
      tag,
      summary: 'Get a chat',
      answers: { 200: { description: 'The chat.', schema: chat } },
      problems: ['chat-not-found', 'views-unavailable'],
    },
    async ({ caller, params, json }) => json(200, await findReachable(deps.chats, caller, params.chat_id)),
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
      answers: {
        200: {
          description: 'Newest first, in both directions, with those that are `queued` or `sending`, up to 50 of them.',
          schema: messagePage,
        },
      },
      problems: ['chat-not-found', 'invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { limit, cursor } = call.query
      const chatId = call.params.chat_id
      const list = [tenantId, mode, 'messages of chat', chatId]
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const chat = await locateReachable(deps.chats, call.caller, chatId)
      // Asked first: what is settled in between is in both, and not in neither.
      const pending = await findPending(deps, call.caller, chat)
      const rows = withPending(
        await deps.views.listMessages(tenantId, mode, { chatId }, { limit, after }),
        pending,
        after,
      )
      return call.json(200, pageOf(rows, limit, { cursors: deps.cursors, list }))
    },
  )
  chatDeskRoutes(mount, deps)
}

const isWithin =
  (caller: Caller) =>
  (sessionId: string): boolean =>
    isId('session', sessionId) && reaches(caller, sessionId)
