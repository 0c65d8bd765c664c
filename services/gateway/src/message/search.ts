// Messages by their words, newest first. What is searched for is said before the query: the policies of message_words narrow the tenant's rows
// to what matches, which is the only way to its index under row-level security.
import type { FoundMessage } from '@wagate/api/message-search.ts'
import { chatView } from '@wagate/db/chat-view.ts'
import { messageView } from '@wagate/db/message-view.ts'
import { messageWords } from '@wagate/db/message-words.ts'
import { sessionView } from '@wagate/db/session-view.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { wantedWords, wordScope } from '@wagate/messages/words.ts'
import { and, desc, eq, getTableColumns, inArray, type SQL, sql } from 'drizzle-orm'
import { after, exact, type InTenant, type Positioned, type Transaction } from '../postgres/in-tenant.ts'
import { presentFound } from './present.ts'
import { type PageRequest, sessionOf } from './views.ts'

export type MessageSearch = (
  tenantId: string,
  mode: Mode,
  wanted: { q: string; chatId?: string | undefined; sessionIds: readonly string[] | undefined },
  page: PageRequest,
) => Promise<Positioned<FoundMessage>[]>

/**
 * How far is looked back, one after the other, until a page is full; then at everything. A word that many messages have is found among those of a
 * day, read in their order; of a rarer one the index of words knows which they are, and takes one month before the others.
 */
const lookBack = ['1 day', '31 days']

/** As tsquery has it: each word begins one of the message. Undefined when there is no word in it. */
export function queryOf(tenantId: string, mode: Mode, q: string): string | undefined {
  const scope = wordScope(tenantId, mode)
  const words = wantedWords(q)
  return words.length === 0 ? undefined : words.map((word) => `'${scope}:${word}':*`).join(' & ')
}

/** `limit + 1` at most. Throws `DatabaseUnavailable`. */
export const createMessageSearch =
  (inTenant: InTenant): MessageSearch =>
  async (tenantId, mode, { q, chatId, sessionIds }, page) => {
    const query = queryOf(tenantId, mode, q)
    if (query === undefined) return []
    return inTenant(tenantId, async (tx) => {
      // What a plan costs depends on the words: it is made for them each time.
      await tx.execute(
        sql`select set_config('app.search', ${query}, true), set_config('plan_cache_mode', 'force_custom_plan', true)`,
      )
      const filter = and(
        eq(messageWords.tenantId, tenantId),
        sessionIds && inArray(messageWords.sessionId, [...sessionIds]),
        chatId === undefined ? undefined : eq(messageView.chatId, chatId),
        after(messageWords.createdAt, messageWords.messageId, page.after),
      )
      const start = sql`coalesce(${page.after?.key ?? null}::timestamptz, now())`
      const ago = (span: string) => sql`${start} - ${span}::interval`
      const found: Positioned<FoundMessage>[] = []
      for (const [n, span] of [...lookBack, undefined].entries()) {
        const newer = lookBack[n - 1]
        const within = and(
          newer === undefined ? undefined : sql`${messageWords.createdAt} < ${ago(newer)}`,
          span === undefined ? undefined : sql`${messageWords.createdAt} >= ${ago(span)}`,
        )
        found.push(...(await find(tx, mode, and(filter, within), page.limit + 1 - found.length)))
        if (found.length > page.limit) break
      }
      return found
    })
  }

/** Of the messages that are answered only: it is looked up after the limit. */
const nameOfChat = sql<string | null>`(select ${chatView.name} from ${chatView}
  where ${chatView.tenantId} = ${messageView.tenantId} and ${chatView.chatId} = ${messageView.chatId})`

async function find(
  tx: Transaction,
  mode: Mode,
  filter: SQL | undefined,
  limit: number,
): Promise<Positioned<FoundMessage>[]> {
  const rows = await tx
    .select({ row: getTableColumns(messageView), name: nameOfChat, key: exact(messageView.createdAt) })
    .from(messageWords)
    .innerJoin(
      messageView,
      and(
        eq(messageView.tenantId, messageWords.tenantId),
        eq(messageView.messageId, messageWords.messageId),
        eq(messageView.createdAt, messageWords.createdAt),
      ),
    )
    .innerJoin(sessionView, sessionOf(messageWords, mode))
    .where(filter)
    .orderBy(desc(messageWords.createdAt), desc(messageWords.messageId))
    .limit(limit)
  return rows.map(({ row, name, key }) => ({ item: presentFound(row, name), position: { key, id: row.messageId } }))
}
