import { sql } from 'drizzle-orm'
import { bigint, index, integer, pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/**
 * One row per counterpart of a session. WhatsApp names a person by phone number, by LID or by both; an event that knows
 * both merges the two rows, and the older id stays. Written by the projector only.
 */
export const chatView = pgTable(
  'chat_view',
  {
    tenantId: text('tenant_id').notNull(),
    chatId: text('chat_id').notNull(),
    sessionId: text('session_id').notNull(),
    /** The session's: test and live chats are never listed together. */
    mode: text('mode', { enum: ['test', 'live'] }).notNull(),
    /** `+<E.164>`; at least one of phone and lid is known. */
    phone: text('phone'),
    /** `<digits>@lid` */
    lid: text('lid'),
    /** What the counterpart calls itself (WhatsApp's push name). */
    name: text('name'),
    /** The newest message by time, in or out. */
    lastMessageId: text('last_message_id').notNull(),
    lastMessageAt: instant('last_message_at').notNull(),
    /** Messages received since this account last wrote in the chat, through Wagate or from its phone. */
    unreadCount: integer('unread_count').notNull(),
    /** The time of the chat's id: its first message event. */
    createdAt: instant('created_at').notNull(),
    firstStreamSeq: bigint('first_stream_seq', { mode: 'number' }).notNull(),
    streamSeq: bigint('stream_seq', { mode: 'number' }).notNull(),
  },
  (chat) => [
    primaryKey({ columns: [chat.tenantId, chat.chatId] }),
    uniqueIndex('chat_view_phone').on(chat.tenantId, chat.sessionId, chat.phone).where(sql`${chat.phone} is not null`),
    uniqueIndex('chat_view_lid').on(chat.tenantId, chat.sessionId, chat.lid).where(sql`${chat.lid} is not null`),
    index('chat_view_latest').on(chat.tenantId, chat.mode, sql`${chat.lastMessageAt} desc`, sql`${chat.chatId} desc`),
    index('chat_view_latest_of_session').on(
      chat.tenantId,
      chat.sessionId,
      sql`${chat.lastMessageAt} desc`,
      sql`${chat.chatId} desc`,
    ),
    /** What is to be answered. What was only marked as read is in it too: see chat_desk. */
    index('chat_view_unread')
      .on(chat.tenantId, chat.mode, sql`${chat.lastMessageAt} desc`, sql`${chat.chatId} desc`)
      .where(sql`${chat.unreadCount} > 0`),
  ],
)
