// What the gateway reads about chats: the projector's view, and what people decided about each. One tenant's, in one mode.
import { type Chat, type ChatCounts, maxUnread } from '@wagate/api/chat.ts'
import { chatDesk } from '@wagate/db/chat-desk.ts'
import { chatView } from '@wagate/db/chat-view.ts'
import { messageView } from '@wagate/db/message-view.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { timeOfId } from '@wagate/messages/ids.ts'
import { and, desc, eq, getTableColumns, inArray, isNull, type SQL, sql } from 'drizzle-orm'
import type { PageRequest } from '../message/views.ts'
import { after, exact, type InTenant, type Positioned, type Transaction } from '../postgres/in-tenant.ts'
import { presentChat } from './present.ts'
import { matches } from './search.ts'
import { isUnread, ofDesk, unreadCount } from './unread.ts'

export type ChatFilter = {
  /** Chats of these sessions; of all when undefined. */
  sessionIds: readonly string[] | undefined
  /** The id of a member; null for nobody's; everybody's when undefined. */
  assigneeId?: string | null | undefined
  unread?: boolean
  q?: string | undefined
}
/** Whose it is, and who is on the other side. */
export type LocatedChat = Pick<Chat, 'id' | 'session_id' | 'phone' | 'lid'>
export type ChatViews = {
  /** `limit + 1` at most, the one with the newest message first. */
  list(tenantId: string, mode: Mode, filter: ChatFilter, page: PageRequest): Promise<Positioned<Chat>[]>
  find(tenantId: string, mode: Mode, chatId: string): Promise<Chat | undefined>
  /** By one look at its row: for requests that name a chat and show none. */
  locate(tenantId: string, mode: Mode, chatId: string): Promise<LocatedChat | undefined>
  /** `personId`: whose chats are "mine"; undefined for a key. */
  counts(
    tenantId: string,
    mode: Mode,
    of: { sessionIds: readonly string[] | undefined; personId: string | undefined },
  ): Promise<ChatCounts>
}

const shown = {
  row: getTableColumns(chatView),
  unreadCount,
  assigneeId: chatDesk.assigneeId,
  readAt: chatDesk.readAt,
}

/** Throws `DatabaseUnavailable`. */
export function createChatViews(inTenant: InTenant): ChatViews {
  return {
    list: (tenantId, mode, filter, page) =>
      inTenant(tenantId, async (tx) => {
        const rows = await tx
          .select({ ...shown, key: exact(chatView.lastMessageAt) })
          .from(chatView)
          .leftJoin(chatDesk, ofDesk)
          .where(
            and(
              ofMode(tenantId, mode, filter),
              wanted(filter),
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
        return rows.map(({ key, ...found }) => ({
          item: presentChat(found, last.get(found.row.lastMessageId)),
          position: { key, id: found.row.chatId },
        }))
      }),

    find: (tenantId, mode, chatId) => inTenant(tenantId, (tx) => findChat(tx, tenantId, mode, chatId)),

    locate: (tenantId, mode, chatId) =>
      inTenant(tenantId, async (tx) => {
        const { sessionId: session_id, phone, lid } = chatView
        const [row] = await tx
          .select({ id: chatView.chatId, session_id, phone, lid })
          .from(chatView)
          .where(and(ofMode(tenantId, mode, { sessionIds: undefined }), eq(chatView.chatId, chatId)))
        return row
      }),

    counts: (tenantId, mode, { sessionIds, personId }) =>
      inTenant(tenantId, async (tx) => {
        const atMost = (assigned: SQL | undefined) => sql<number>`(select count(*)::int from (
          select from ${chatView} left join ${chatDesk} on ${ofDesk}
          where ${and(ofMode(tenantId, mode, { sessionIds }), isUnread, assigned)} limit ${maxUnread}) as found)`
        const mine = personId === undefined ? sql<number>`0` : atMost(eq(chatDesk.assigneeId, personId))
        const [row] = await tx.execute<ChatCounts>(sql`
          select ${atMost(undefined)} as unread, ${mine} as mine_unread, ${atMost(isNull(chatDesk.assigneeId))} as unassigned_unread`)
        const { unread = 0, mine_unread = 0, unassigned_unread = 0 } = row ?? {}
        return { unread, mine_unread, unassigned_unread }
      }),
  }
}

const ofMode = (tenantId: string, mode: Mode, { sessionIds }: Pick<ChatFilter, 'sessionIds'>): SQL | undefined =>
  and(
    eq(chatView.tenantId, tenantId),
    eq(chatView.mode, mode),
    sessionIds && inArray(chatView.sessionId, [...sessionIds]),
  )

const wanted = ({ assigneeId, unread, q }: ChatFilter): SQL | undefined =>
  and(assigneeIs(assigneeId), unread ? isUnread : undefined, q === undefined ? undefined : matches(q))

const assigneeIs = (assigneeId: string | null | undefined): SQL | undefined =>
  assigneeId === undefined
    ? undefined
    : assigneeId === null
      ? isNull(chatDesk.assigneeId)
      : eq(chatDesk.assigneeId, assigneeId)

export async function findChat(
  tx: Transaction,
  tenantId: string,
  mode: Mode,
  chatId: string,
): Promise<Chat | undefined> {
  const [found] = await tx
    .select(shown)
    .from(chatView)
    .leftJoin(chatDesk, ofDesk)
    .where(and(ofMode(tenantId, mode, { sessionIds: undefined }), eq(chatView.chatId, chatId)))
  if (!found) return undefined
  const last = await lastMessages(tx, tenantId, [found.row.lastMessageId])
  return presentChat(found, last.get(found.row.lastMessageId))
}

/** Their ids tell the partitions. */
async function lastMessages(tx: Transaction, tenantId: string, ids: string[]) {
  if (ids.length === 0) return new Map<string, never>()
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
