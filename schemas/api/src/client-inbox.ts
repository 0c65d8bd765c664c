// What the client offers to an inbox: chats, how far they were read, who takes care of them, quick replies, and search.
import type { Chat, ChatCounts, ChatTyping, MarkChatRead, UpdateChat } from './chat.ts'
import type { CallOptions, PageOptions } from './client.ts'
import type { Message } from './message.ts'
import type { FoundMessage } from './message-search.ts'
import type { Page } from './paging.ts'
import type { CreateQuickReply, QuickReply, UpdateQuickReply } from './quick-reply.ts'

export type ChatFilters = { session_id?: string; assignee?: string; unread?: 'true'; q?: string }
export type MessageSearch = { q: string; chat_id?: string; session_id?: string }

type Calls = {
  get: <Answer>(path: string) => Promise<Answer>
  list: <Item>(path: string, options?: PageOptions & (ChatFilters | MessageSearch)) => Promise<Page<Item>>
  post: <Answer>(path: string, body: unknown, options?: CallOptions) => Promise<Answer>
  call: {
    json: <Answer>(method: string, path: string, options: { body: unknown }) => Promise<Answer>
    empty: (method: string, path: string, body?: unknown) => Promise<void>
  }
}

export function inboxMethods({ get, list, post, call }: Calls) {
  const chat = (id: string) => `/v1/chats/${encodeURIComponent(id)}`
  const quickReply = (id: string) => `/v1/quick-replies/${encodeURIComponent(id)}`
  return {
    listChats: (options?: PageOptions & ChatFilters) => list<Chat>('/v1/chats', options),
    getChat: (id: string) => get<Chat>(chat(id)),
    /** How many are unread, for a badge. */
    getChatCounts: () => get<ChatCounts>('/v1/chats/counts'),
    /** Assigns it to a member, or to nobody. */
    updateChat: (id: string, body: UpdateChat) => call.json<Chat>('PATCH', chat(id), { body }),
    /** Up to a message, or all of it; never back. */
    markChatRead: (id: string, body: MarkChatRead = {}, options?: CallOptions) =>
      post<Chat>(`${chat(id)}/read`, body, options),
    /** Tells the other side that somebody types, if it can be told now. */
    showTyping: (id: string, body: ChatTyping) => call.empty('POST', `${chat(id)}/typing`, body),
    /** For two minutes, `events` yields `chat.typing` when the other side types. */
    watchChat: (id: string) => call.empty('POST', `${chat(id)}/watch`),
    listChatMessages: (id: string, options?: PageOptions) => list<Message>(`${chat(id)}/messages`, options),
    searchMessages: (options: PageOptions & MessageSearch) => list<FoundMessage>('/v1/messages/search', options),

    listQuickReplies: () => get<{ data: QuickReply[] }>('/v1/quick-replies'),
    createQuickReply: (body: CreateQuickReply, options?: CallOptions) =>
      post<QuickReply>('/v1/quick-replies', body, options),
    updateQuickReply: (id: string, body: UpdateQuickReply) => call.json<QuickReply>('PATCH', quickReply(id), { body }),
    deleteQuickReply: (id: string) => call.empty('DELETE', quickReply(id)),
  }
}
