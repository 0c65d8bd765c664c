// What people decide about chats, written to Postgres: who takes care of one, and how far it was read.
import type { Chat } from '@wagate/api/chat.ts'
import { chatDesk } from '@wagate/db/chat-desk.ts'
import { chatView } from '@wagate/db/chat-view.ts'
import { messageView } from '@wagate/db/message-view.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { isId, timeOfId } from '@wagate/messages/ids.ts'
import type { ReadMessage } from '@wagate/messages/questions.ts'
import { and, desc, eq, lte, type SQL, sql } from 'drizzle-orm'
import type { InTenant, Transaction } from '../postgres/in-tenant.ts'
import { violates } from '../postgres/violates.ts'
import { findChat } from './views.ts'

/** Of a chat that was marked: `read` is what became read by that, the newest first, 100 at most. */
export type Marked = { chat: Chat; moved: boolean; read: ReadMessage[] }

export type ChatDesks = {
  /** Undefined when there is no such chat. */
  assign(
    tenantId: string,
    mode: Mode,
    chatId: string,
    assigneeId: string | null,
  ): Promise<Chat | 'not-a-member' | undefined>
  /** Up to that message, or the newest; never back. Undefined when there is no such chat. */
  markRead(
    tenantId: string,
    mode: Mode,
    chatId: string,
    mark: { messageId: string | undefined; at: Date },
  ): Promise<Marked | 'no-such-message' | undefined>
}

const mostReceipts = 100
/** `chatSeq`: where the chat stood before its newest message was looked up, if that is the mark. */
type Mark = { createdAt: Date; messageId: string; chatSeq?: number }
type Of = { tenantId: string; mode: Mode; chatId: string }

/** Throws `DatabaseUnavailable`. */
export function createChatDesks(inTenant: InTenant): ChatDesks {
  return {
    async assign(tenantId, mode, chatId, assigneeId) {
      try {
        return await inTenant(tenantId, async (tx) => {
          await tx
            .insert(chatDesk)
            .select(desksOf(tx, { tenantId, mode, chatId }, { assigneeId: sql`${assigneeId}::text` }))
            .onConflictDoUpdate({ target: [chatDesk.tenantId, chatDesk.chatId], set: { assigneeId } })
          return findChat(tx, tenantId, mode, chatId)
        })
      } catch (error) {
        if (violates(error, 'chat_desk_assignee_is_member')) return 'not-a-member'
        throw error
      }
    },

    markRead: (tenantId, mode, chatId, { messageId, at }) =>
      inTenant(tenantId, async (tx) => {
        const of = { tenantId, mode, chatId }
        const before = await findChat(tx, tenantId, mode, chatId)
        if (!before) return undefined
        const mark = await markOf(tx, of, messageId)
        if (!mark) return messageId === undefined ? { chat: before, moved: false, read: [] } : 'no-such-message'
        const read = before.unread_count === 0 ? [] : await becomingRead(tx, of, mark, before.unread_count)
        const moved = await moveMark(tx, of, mark, at)
        const chat = moved ? await findChat(tx, tenantId, mode, chatId) : before
        return chat && { chat, moved, read }
      }),
  }
}

/** A new row for the chat, if there is that chat. */
const desksOf = (
  tx: Transaction,
  { tenantId, mode, chatId }: Of,
  { assigneeId = sql`null::text`, mark, at }: { assigneeId?: SQL; mark?: Mark; at?: Date },
) =>
  tx
    .select({
      tenantId: chatView.tenantId,
      chatId: chatView.chatId,
      sessionId: chatView.sessionId,
      mode: chatView.mode,
      assigneeId: assigneeId.as('assignee_id'),
      readToAt: sql`${mark?.createdAt.toISOString() ?? null}::timestamptz`.as('read_to_at'),
      readToId: sql`${mark?.messageId ?? null}::text`.as('read_to_id'),
      readAt: sql`${at?.toISOString() ?? null}::timestamptz`.as('read_at'),
      readToSeq: sql`${mark?.chatSeq ?? null}::bigint`.as('read_to_seq'),
    })
    .from(chatView)
    .where(and(eq(chatView.tenantId, tenantId), eq(chatView.mode, mode), eq(chatView.chatId, chatId)))

const inChat = ({ tenantId, chatId }: Of): SQL | undefined =>
  and(eq(messageView.tenantId, tenantId), eq(messageView.chatId, chatId))

const place = { createdAt: messageView.createdAt, messageId: messageView.messageId }
const newestFirst = [desc(messageView.createdAt), desc(messageView.messageId)]

/** That message, or the newest. The chat comes first: what happens in it from then on is behind the mark. */
async function markOf(tx: Transaction, of: Of, messageId: string | undefined): Promise<Mark | undefined> {
  const isIt = and(eq(chatView.tenantId, of.tenantId), eq(chatView.chatId, of.chatId))
  const [chat] = await tx.select({ seq: chatView.streamSeq }).from(chatView).where(isIt)
  const newest = tx.select(place).from(messageView).where(inChat(of))
  const [last] = await newest.orderBy(...newestFirst).limit(1)
  const isLast = messageId === undefined || last?.messageId === messageId
  return isLast ? last && { ...last, ...(chat && { chatSeq: chat.seq }) } : messageOf(tx, of, messageId)
}

async function messageOf(tx: Transaction, of: Of, messageId: string): Promise<Mark | undefined> {
  if (!isId('message', messageId)) return undefined
  const [row] = await tx
    .select(place)
    .from(messageView)
    .where(
      and(inChat(of), eq(messageView.messageId, messageId), eq(messageView.createdAt, new Date(timeOfId(messageId)))),
    )
  return row
}

/** The newest of the unread ones that the mark covers. */
async function becomingRead(
  tx: Transaction,
  of: Of,
  { createdAt, messageId }: Mark,
  unread: number,
): Promise<ReadMessage[]> {
  const rows = await tx
    .select({ waMessageId: messageView.waMessageId, phone: messageView.chatPhone, lid: messageView.chatLid })
    .from(messageView)
    .leftJoin(chatDesk, and(eq(chatDesk.tenantId, messageView.tenantId), eq(chatDesk.chatId, messageView.chatId)))
    .where(
      and(
        inChat(of),
        eq(messageView.direction, 'in'),
        lte(messageView.createdAt, createdAt),
        sql`(${messageView.createdAt}, ${messageView.messageId}) <= (${createdAt.toISOString()}::timestamptz, ${messageId})`,
        sql`(${chatDesk.readToId} is null or
          (${messageView.createdAt}, ${messageView.messageId}) > (${chatDesk.readToAt}, ${chatDesk.readToId}))`,
      ),
    )
    .orderBy(...newestFirst)
    .limit(Math.min(unread, mostReceipts))
  return rows.flatMap(({ waMessageId, phone, lid }) =>
    waMessageId === null ? [] : { waMessageId, chat: { ...(phone && { phone }), ...(lid && { lid }) } },
  )
}

/** False when it was there or further already, also by somebody else's doing this very moment. */
async function moveMark(tx: Transaction, of: Of, mark: Mark, at: Date): Promise<boolean> {
  const rows = await tx
    .insert(chatDesk)
    .select(desksOf(tx, of, { mark, at }))
    .onConflictDoUpdate({
      target: [chatDesk.tenantId, chatDesk.chatId],
      set: { readToAt: mark.createdAt, readToId: mark.messageId, readAt: at, readToSeq: mark.chatSeq ?? null },
      setWhere: sql`${chatDesk.readToId} is null or (${chatDesk.readToAt}, ${chatDesk.readToId})
        < (${mark.createdAt.toISOString()}::timestamptz, ${mark.messageId})`,
    })
    .returning({ chatId: chatDesk.chatId })
  return rows.length > 0
}
