import { sql } from 'drizzle-orm'
import { bigint, index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/**
 * What people decided about a chat: who takes care of it, and how far it was read. No event tells of it, so no rebuild would bring it
 * back. Written by gateways; the projector takes it along when chats merge. A chat that nobody touched has no row.
 */
export const chatDesk = pgTable(
  'chat_desk',
  {
    tenantId: text('tenant_id').notNull(),
    chatId: text('chat_id').notNull(),
    sessionId: text('session_id').notNull(),
    mode: text('mode', { enum: ['test', 'live'] }).notNull(),
    /** A member of the tenant: the row refers to it, and is nobody's when that one leaves. */
    assigneeId: text('assignee_id'),
    /** The last message that was read, by its `created_at` and id: all three are null, or none. Never moves back. */
    readToAt: instant('read_to_at'),
    readToId: text('read_to_id'),
    /** When somebody marked that. */
    readAt: instant('read_at'),
    /** `stream_seq` of the chat when all of it was read: while it stays, there is nothing to count. */
    readToSeq: bigint('read_to_seq', { mode: 'number' }),
  },
  (desk) => [
    primaryKey({ columns: [desk.tenantId, desk.chatId] }),
    index('chat_desk_assignee')
      .on(desk.tenantId, desk.assigneeId, desk.mode)
      .where(sql`${desk.assigneeId} is not null`),
  ],
)
