// What people do in an inbox beside writing: take a chat, mark it as read, show that they type, see who types.
import { chat, chatTyping, markChatRead, updateChat } from '@wagate/api/chat.ts'
import type { Party } from '@wagate/messages/envelope.ts'
import type { Wish } from '@wagate/messages/questions.ts'
import type { Caller } from '../access/authenticate.ts'
import type { LiveNotices } from '../event/notices.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { type AssigneeDeps, checkAssignee, leftMeanwhile } from './assignee.ts'
import type { ChatDesks } from './desk.ts'
import { chatNotFound, findReachable, locateReachable, otherSideOf } from './find.ts'
import type { TellSession } from './tell-session.ts'
import type { ChatViews } from './views.ts'

export type ChatDeskDeps = AssigneeDeps &
  IdempotencyDeps & {
    chats: Pick<ChatViews, 'find' | 'locate'>
    desks: ChatDesks
    liveNotices: Pick<LiveNotices, 'tell'>
    tellSession: TellSession
  }

const tag = 'Chats'
const ofAnInbox = { tag, scope: 'messages:write', bySession: true } as const

export function chatDeskRoutes(mount: Mount, deps: ChatDeskDeps): void {
  const { chats, desks, now } = deps

  function tellUpdated({ tenantId, mode }: Caller, chatId: string, sessionId: string): void {
    deps.liveNotices.tell(tenantId, mode, { v: 1, type: 'chat.updated', chatId, sessionId, at: now().toISOString() })
  }

  mount(
    {
      ...ofAnInbox,
      method: 'patch',
      audit: 'chat.assigned',
      path: '/v1/chats/{chat_id}',
      summary: 'Assign a chat',
      description: 'To a member, or to nobody. Whoever leaves the account has no chats any more.',
      body: updateChat,
      answers: { 200: { description: 'The chat.', schema: chat } },
      problems: ['chat-not-found', 'assignee-refused', 'views-unavailable'],
    },
    async ({ caller, params, body, note, json }) => {
      const { tenantId, mode } = caller
      const before = await findReachable(chats, caller, params.chat_id)
      if (body.assignee_id !== null) checkAssignee(deps, caller, body.assignee_id)
      const assigned = await desks.assign(tenantId, mode, before.id, body.assignee_id)
      if (assigned === 'not-a-member') throw leftMeanwhile()
      if (!assigned) throw chatNotFound()
      note({ changes: { from: before.assignee_id, to: body.assignee_id } })
      tellUpdated(caller, assigned.id, assigned.session_id)
      return json(200, assigned)
    },
  )

  mount(
    {
      ...ofAnInbox,
      method: 'post',
      unaudited: 'reading is no change of settings',
      path: '/v1/chats/{chat_id}/read',
      summary: 'Mark a chat as read',
      description:
        'Up to a message, or all of it; a mark never moves back. It is the same for everybody in the account. If the session is connected, WhatsApp is told too: the other side sees blue ticks, unless the phone is set otherwise.',
      body: markChatRead.optional(),
      answers: { 200: { description: 'The chat.', schema: chat } },
      problems: ['chat-not-found', 'message-not-found', 'views-unavailable'],
    },
    async (call) => {
      const { caller, params, body } = call
      const run = async () => ({ status: 200, body: await markRead(caller, params.chat_id, body?.message_id) })
      const done = await runOnce(deps, caller, call.origin, { body, run })
      return call.json(done.status, done.body, done.headers)
    },
  )

  async function markRead(caller: Caller, chatId: string, messageId: string | undefined) {
    const { tenantId, mode } = caller
    await locateReachable(chats, caller, chatId)
    const marked = await desks.markRead(tenantId, mode, chatId, { messageId, at: now() })
    if (!marked) throw chatNotFound()
    if (marked === 'no-such-message')
      throw new DomainError('message-not-found', 'There is no message with this id in the chat: list its messages.')
    const { session_id: sessionId } = marked.chat
    if (marked.read.length > 0)
      deps.tellSession(tenantId, mode, sessionId, { v: 1, kind: 'read', messages: marked.read })
    if (marked.moved) tellUpdated(caller, chatId, sessionId)
    return marked.chat
  }

  mount(
    {
      ...ofAnInbox,
      method: 'post',
      unaudited: 'it changes nothing',
      path: '/v1/chats/{chat_id}/typing',
      summary: 'Show that somebody types',
      description:
        'The other side sees "typing…", if the session is connected, for some seconds; repeat it while somebody goes on.',
      body: chatTyping,
      answers: { 204: { description: 'It is passed on, if it can be.' } },
      problems: ['chat-not-found', 'views-unavailable'],
    },
    async ({ caller, params, body, answer }) => {
      const { state } = body
      await wish(caller, params.chat_id, (chat) => ({ v: 1, kind: 'typing', chat, state }))
      return answer(204, null, {})
    },
  )

  mount(
    {
      ...ofAnInbox,
      method: 'post',
      unaudited: 'it changes nothing',
      path: '/v1/chats/{chat_id}/watch',
      summary: 'Watch who types in a chat',
      description:
        'For two minutes the notice `chat.typing` of GET /v1/events tells when the other side types, if the session is connected; ask again every minute while somebody has the chat open. As with WhatsApp itself, the account appears online meanwhile, and its phone makes no sound for new messages.',
      answers: { 204: { description: 'It is watched, if it can be.' } },
      problems: ['chat-not-found', 'views-unavailable'],
    },
    async ({ caller, params, answer }) => {
      await wish(caller, params.chat_id, (chat, chatId) => ({ v: 1, kind: 'watch', chat, chatId }))
      return answer(204, null, {})
    },
  )

  async function wish(caller: Caller, id: string, of: (other: Party, chatId: string) => Wish): Promise<void> {
    const chat = await locateReachable(chats, caller, id)
    deps.tellSession(caller.tenantId, caller.mode, chat.session_id, of(otherSideOf(chat), id))
  }
}
