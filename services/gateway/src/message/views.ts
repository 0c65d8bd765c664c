// What the gateway reads about messages and chats. Each query is one tenant's, in one mode.
import type { Message } from '@wagate/api/message.ts'
import { messageView } from '@wagate/db/message-view.ts'
import { sessionView } from '@wagate/db/session-view.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { timeOfId } from '@wagate/messages/ids.ts'
import { and, desc, eq, getTableColumns, type SQL } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { Position } from '../http/cursor.ts'
import { after, exact, type InTenant, type Positioned } from '../postgres/in-tenant.ts'
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
export const sessionOf = (message: { tenantId: PgColumn; sessionId: PgColumn }, mode: Mode): SQL | undefined =>
  and(
    eq(sessionView.tenantId, message.tenantId),
    eq(sessionView.sessionId, message.sessionId),
    eq(sessionView.mode, mode),
  )
