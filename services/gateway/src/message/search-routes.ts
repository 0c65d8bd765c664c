import { foundMessagePage, messageSearchQuery } from '@wagate/api/message-search.ts'
import { isId } from '@wagate/messages/ids.ts'
import { reaches } from '../access/authenticate.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import type { Mount } from '../http/route.ts'
import type { MessageSearch } from './search.ts'

export type MessageSearchDeps = { searchMessages: MessageSearch; cursors: Cursors }

/** Before the routes of one message: `search` is no id. */
export function messageSearchRoutes(mount: Mount, deps: MessageSearchDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/messages/search',
      scope: 'messages:read',
      bySession: true,
      tag: 'Messages',
      summary: 'Search messages',
      description:
        'Messages that have all the words, or words that begin with them, whatever the case and the accents; in scripts without spaces parts of a sentence. A message is found as soon as it is listed.',
      query: messageSearchQuery,
      answers: { 200: { description: 'Newest first, in both directions.', schema: foundMessagePage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode, sessionIds: within } = call.caller
      const { q, limit, cursor, chat_id: chatId, session_id: sessionId } = call.query
      const list = [tenantId, mode, 'search', JSON.stringify({ q, chatId, sessionId })]
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const nothing = { data: [], next_cursor: null }
      if (chatId !== undefined && !isId('chat', chatId)) return call.json(200, nothing)
      if (sessionId !== undefined && !(isId('session', sessionId) && reaches(call.caller, sessionId)))
        return call.json(200, nothing)
      const sessionIds = sessionId === undefined ? within : [sessionId]
      const rows = await deps.searchMessages(tenantId, mode, { q, chatId, sessionIds }, { limit, after })
      return call.json(200, pageOf(rows, limit, { cursors: deps.cursors, list }))
    },
  )
}
