// An inbox in memory, by tenant and mode; marks are ids, which sort by time. Notices and wishes are kept.
import type { Chat } from '@wagate/api/chat.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { Notice } from '@wagate/messages/notices.ts'
import type { Wish } from '@wagate/messages/questions.ts'
import type { ChatDesks } from '../chat/desk.ts'
import type { TellSession } from '../chat/tell-session.ts'
import type { ChatViews } from '../chat/views.ts'
import type { LiveNotices } from '../event/notices.ts'
import type { MessageSearch } from '../message/search.ts'
import { aMessage } from './samples.ts'
import { fakeViews, pageOf } from './stores.ts'

type OwnedChat = Chat & { tenantId: string; mode: Mode }

export function fakeInbox(now: () => Date, newId: (kind: IdKind) => string) {
  const { views: messageViews, messages, chats } = fakeViews()
  const of = (tenantId: string, mode: Mode) => chats.filter((chat) => chat.tenantId === tenantId && chat.mode === mode)
  const findOwned = (tenantId: string, mode: Mode, id: string) => of(tenantId, mode).find((chat) => chat.id === id)
  const shown = ({ tenantId: _, mode: __, ...chat }: OwnedChat): Chat => chat
  const marks = new Map<string, string>()
  const told: Notice[] = []
  const wishes: Wish[] = []
  const hearing = new Set<(tenantId: string, mode: Mode, notice: Notice) => void>()

  const views: ChatViews = {
    list: async (tenantId, mode, { sessionIds, assigneeId, unread, q }, page) => {
      const found = of(tenantId, mode)
        .filter((chat) => sessionIds?.includes(chat.session_id) ?? true)
        .filter((chat) => assigneeId === undefined || chat.assignee_id === assigneeId)
        .filter((chat) => !unread || chat.unread_count > 0)
        .filter((chat) => q === undefined || chat.name?.includes(q))
      return pageOf(found.map(shown), page)
    },
    find: async (tenantId, mode, id) => {
      const found = findOwned(tenantId, mode, id)
      return found && shown(found)
    },
    locate: async (tenantId, mode, id) => findOwned(tenantId, mode, id),
    counts: async (tenantId, mode, { sessionIds, personId }) => {
      const unread = of(tenantId, mode).filter(
        (chat) => chat.unread_count > 0 && (sessionIds?.includes(chat.session_id) ?? true),
      )
      return {
        unread: unread.length,
        mine_unread: personId === undefined ? 0 : unread.filter((chat) => chat.assignee_id === personId).length,
        unassigned_unread: unread.filter((chat) => chat.assignee_id === null).length,
      }
    },
  }
  const desks: ChatDesks = {
    assign: async (tenantId, mode, id, assigneeId) => {
      const found = findOwned(tenantId, mode, id)
      return found && shown(Object.assign(found, { assignee_id: assigneeId }))
    },
    markRead: async (tenantId, mode, id, { messageId, at }) => {
      const found = findOwned(tenantId, mode, id)
      if (!found) return undefined
      if (messageId !== undefined && messageId !== found.last_message_id) return 'no-such-message'
      const moved = marks.get(id) !== found.last_message_id
      marks.set(id, found.last_message_id)
      const read = Array.from({ length: found.unread_count }, (_, n) => ({
        waMessageId: `3A${n}`,
        chat: { ...(found.phone !== null && { phone: found.phone }) },
      }))
      if (moved) Object.assign(found, { unread_count: 0, read_at: at.toISOString() })
      return { chat: shown(found), moved, read }
    },
  }
  const liveNotices: LiveNotices = {
    tell: (tenantId, mode, notice) => {
      told.push(notice)
      for (const hear of hearing) hear(tenantId, mode, notice)
    },
    hear: (tenantId, mode, hear) => {
      const mine = (ofTenant: string, ofMode: Mode, notice: Notice) =>
        ofTenant === tenantId && ofMode === mode && hear(notice)
      hearing.add(mine)
      return { close: () => void hearing.delete(mine) }
    },
  }
  const tellSession: TellSession = (_tenantId, _mode, _sessionId, wish) => void wishes.push(wish)

  /** A chat with one message. */
  function addChat(tenantId: string, mode: Mode, sessionId: string): { chatId: string; messageId: string } {
    const [chatId, messageId, at] = [newId('chat'), newId('message'), now().toISOString()]
    messages.push({ ...aMessage, id: messageId, session_id: sessionId, chat_id: chatId, tenantId, mode })
    const whom = { phone: '+999100200300', lid: null, name: null }
    const desk = { unread_count: 0, read_at: null, assignee_id: null }
    const last = { last_message: null, last_message_id: messageId, last_message_at: at }
    chats.push({ id: chatId, session_id: sessionId, ...whom, ...desk, ...last, created_at: at, tenantId, mode })
    return { chatId, messageId }
  }

  /** By what the text begins with. */
  const searchMessages: MessageSearch = async (tenantId, mode, { q, chatId, sessionIds }, page) =>
    pageOf(
      messages
        .filter((one) => one.tenantId === tenantId && one.mode === mode && one.text?.body.startsWith(q))
        .filter((one) => chatId === undefined || one.chat_id === chatId)
        .filter((one) => sessionIds?.includes(one.session_id) ?? true)
        .map((one) => ({
          ...one,
          chat: { ...one.chat, name: findOwned(tenantId, mode, one.chat_id ?? '')?.name ?? null },
        })),
      page,
    )

  const deps = { views: messageViews, searchMessages, chats: views, desks, liveNotices, tellSession }
  return { deps, messages, chats, addChat, told, wishes }
}
