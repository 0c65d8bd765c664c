// What the gateway reads about messages and chats. Each query is one tenant's, in one mode.
import type { Chat } from '@wagate/api/chat.ts'
import type { Message } from '@wagate/api/message.ts'
import { chatView } from '@wagate/db/chat-view.ts'
import { messageView } from '@wagate/db/message-view.ts'
import { sessionView } from '@wagate/db/session-view.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { timeOfId } from '@wagate/messages/ids.ts'
import { and, desc, eq, getTableColumns, inArray, type SQL } from 'drizzle-orm'
import { presentChat } from '../chat/present.ts'
import type { Position } from '../http/cursor.ts'
import { after, exact, type InTenant, type Positioned, type Transaction } from '../postgres/in-tenant.ts'
import { presentMessage } from './present.ts'

export type PageRequest = { limit: number; after: Position | undefined }
export type MessageViews = {
  findMessage(tenantId: string, mode: Mode, messageId: string): Promise<Message | undefined>
  /** `limit + 1` at most, newest first. */
  listMessages(
    tenantId: string,
    mode: Mode,
    of: { sessionId: string } | { chatId: string },
    page: PageRequest,
  ): Promise<Positioned<Message>[]>
  listChats(
    tenantId: string,
    mode: Mode,
    /** Chats of these sessions; of all when undefined. */
    filter: { sessionIds: readonly string[] | undefined },
    page: PageRequest,
  ): Promise<Positioned<Chat>[]>
  sessionOfChat(tenantId: string, mode: Mode, chatId: string): Promise<string | undefined>
  /** Also of deleted sessions. */
  modeOfSession(tenantId: string, sessionId: string): Promise<Mode | undefined>
}

/** Throws `DatabaseUnavailable`. */
export function createMessageViews(inTenant: InTenant): MessageViews {
  return {
    findMessage: (tenantId, mode, messageId) =>
      inTenant(tenantId, async (tx) => {
        const [row] = await tx
          .select(getTableColumns(messageView))
          .from(messageView)
          .innerJoin(sessionView, sessionOf(messageView, mode))
          .where(
            and(
              eq(messageView.tenantId, tenantId),
              eq(messageView.messageId, messageId),
              eq(messageView.createdAt, new Date(timeOfId(messageId))), // finds the partition
            ),
          )
          .limit(1)
        return row && presentMessage(row)
      }),

    listMessages: (tenantId, mode, of, page) =>
      inTenant(tenantId, async (tx) => {
        const rows = await tx
          .select({ row: getTableColumns(messageView), key: exact(messageView.createdAt) })
          .from(messageView)
          .innerJoin(sessionView, sessionOf(messageView, mode))
          .where(
            and(
              eq(messageView.tenantId, tenantId),
              'sessionId' in of ? eq(messageView.sessionId, of.sessionId) : eq(messageView.chatId, of.chatId),
              after(messageView.createdAt, messageView.messageId, page.after),
            ),
          )
          .orderBy(desc(messageView.createdAt), desc(messageView.messageId))
          .limit(page.limit + 1)
        return rows.map(({ row, key }) => ({ item: presentMessage(row), position: { key, id: row.messageId } }))
      }),

    listChats: (tenantId, mode, filter, page) =>
      inTenant(tenantId, async (tx) => {
        const rows = await tx
          .select({ row: getTableColumns(chatView), key: exact(chatView.lastMessageAt) })
          .from(chatView)
          .where(
            and(
              eq(chatView.tenantId, tenantId),
              eq(chatView.mode, mode),
              filter.sessionIds && inArray(chatView.sessionId, [...filter.sessionIds]),
              after(chatView.lastMessageAt, chatView.chatId, page.after),
            ),
          )
          .orderBy(desc(chatView.lastMessageAt), desc(chatView.chatId))
          .limit(page.limit + 1)
        const last = await lastMessages(
          tx,
          tenantId,
          rows.map(({ row }) => row.lastMessageId),
        )
        return rows.map(({ row, key }) => ({
          item: presentChat(row, last.get(row.lastMessageId)),
          position: { key, id: row.chatId },
        }))
      }),

    sessionOfChat: (tenantId, mode, chatId) =>
      inTenant(tenantId, async (tx) => {
        const [row] = await tx
          .select({ sessionId: chatView.sessionId })
          .from(chatView)
          .where(and(eq(chatView.tenantId, tenantId), eq(chatView.mode, mode), eq(chatView.chatId, chatId)))
        return row?.sessionId
      }),

    modeOfSession: (tenantId, sessionId) =>
      inTenant(tenantId, async (tx) => {
        const [row] = await tx
          .select({ mode: sessionView.mode })
          .from(sessionView)
          .where(and(eq(sessionView.tenantId, tenantId), eq(sessionView.sessionId, sessionId)))
        return row?.mode
      }),
  }
}

/** A message belongs to a mode through its session. */
const sessionOf = (message: typeof messageView, mode: Mode): SQL | undefined =>
  and(
    eq(sessionView.tenantId, message.tenantId),
    eq(sessionView.sessionId, message.sessionId),
    eq(sessionView.mode, mode),
  )

/** Their ids tell the partitions. */
async function lastMessages(tx: Transaction, tenantId: string, ids: string[]) {
  const times = ids.map((id) => new Date(timeOfId(id)))
  const rows = await tx
    .select(getTableColumns(messageView))
    .from(messageView)
    .where(
      and(
        eq(messageView.tenantId, tenantId),
        inArray(messageView.messageId, ids),
        inArray(messageView.createdAt, times),
      ),
    )
  return new Map(rows.map((row) => [row.messageId, row]))
}
