// How many messages of a chat are unread, in SQL. The view counts what came since this account last wrote; what people marked as read is
// beside it (chat_desk), and counted only where there is a mark: by index, from the newest on, and never more than is shown.
import { maxUnread } from '@wagate/api/chat.ts'
import { chatDesk } from '@wagate/db/chat-desk.ts'
import { chatView } from '@wagate/db/chat-view.ts'
import { messageView } from '@wagate/db/message-view.ts'
import { and, eq, type SQL, sql } from 'drizzle-orm'

/** Joins a chat with what people decided about it, if they did. */
export const ofDesk: SQL | undefined = and(
  eq(chatDesk.tenantId, chatView.tenantId),
  eq(chatDesk.chatId, chatView.chatId),
)

/** Received messages of the chat behind its mark; the first condition finds the partitions. */
const behindMark = sql`from ${messageView} where ${messageView.tenantId} = ${chatView.tenantId}
  and ${messageView.chatId} = ${chatView.chatId} and ${messageView.direction} = 'in'
  and ${messageView.createdAt} >= ${chatDesk.readToAt}
  and (${messageView.createdAt}, ${messageView.messageId}) > (${chatDesk.readToAt}, ${chatDesk.readToId})`

/** Nothing happened in the chat since all of it was read: most chats that somebody looks after. */
const isUntouched = sql`${chatDesk.readToSeq} = ${chatView.streamSeq}`

export const isUnread: SQL = sql`(${chatView.unreadCount} > 0
  and (${chatDesk.readToId} is null or (${isUntouched}) is not true and exists (select ${behindMark})))`

export const unreadCount = sql<number>`case
  when ${chatView.unreadCount} = 0 or ${isUntouched} then 0
  when ${chatDesk.readToId} is null then least(${chatView.unreadCount}, ${maxUnread})
  else (select count(*)::int from (select ${behindMark}
    order by ${messageView.createdAt} desc, ${messageView.messageId} desc
    limit least(${chatView.unreadCount}, ${maxUnread})) as unread) end`
