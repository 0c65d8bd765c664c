// Rows → chats as the API shows them. Pure.
import { type Chat, excerptLength, type LastMessage } from '@wagate/api/chat.ts'
import type { chatView } from '@wagate/db/chat-view.ts'
import type { messageView } from '@wagate/db/message-view.ts'
import { presentMessage } from '../message/present.ts'

export type ChatRow = {
  row: typeof chatView.$inferSelect
  unreadCount: number
  assigneeId: string | null
  readAt: Date | null
}

export function presentChat(
  { row, unreadCount, assigneeId, readAt }: ChatRow,
  last: typeof messageView.$inferSelect | undefined,
): Chat {
  return {
    id: row.chatId,
    session_id: row.sessionId,
    phone: row.phone,
    lid: row.lid,
    name: row.name,
    last_message_id: row.lastMessageId,
    last_message_at: row.lastMessageAt.toISOString(),
    last_message: last ? presentLast(last) : null,
    unread_count: unreadCount,
    read_at: readAt?.toISOString() ?? null,
    assignee_id: assigneeId,
    created_at: row.createdAt.toISOString(),
  }
}

function presentLast(row: typeof messageView.$inferSelect): LastMessage {
  const { id, direction, via, status, type, text, created_at } = presentMessage(row)
  return { id, direction, via, status, type, ...(text && { text: { body: excerptOf(text.body) } }), created_at }
}

/** The beginning, without half a surrogate pair at its end. */
export function excerptOf(body: string): string {
  const cut = body.slice(0, excerptLength)
  return cut.isWellFormed() ? cut : cut.slice(0, -1)
}
