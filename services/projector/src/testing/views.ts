import type { Sql } from 'postgres'
import type { ChatRow } from '../chat-view/project.ts'
import type { MessageRow } from '../message-view/project.ts'
import type { SessionRow } from '../session-view/project.ts'
import { readUsage } from './usage.ts'

/** Every row of the views, in a fixed order. */
export async function readViews(sql: Sql) {
  const [sessions, chats, messages, words, usage, timeline] = await Promise.all([
    sql<{ row: SessionRow }[]>`select to_json(v) as row from session_view v order by tenant_id, session_id`,
    sql<{ row: ChatRow }[]>`select to_json(v) as row from chat_view v order by tenant_id, chat_id`,
    sql<{ row: MessageRow }[]>`select to_json(v) as row from message_view v order by tenant_id, message_id`,
    sql<{ message_id: string; words: string }[]>`
      select message_id, words::text as words from message_words order by tenant_id, message_id`,
    readUsage(sql),
    sql`select * from session_timeline order by tenant_id, session_id, sequence, part`,
  ])
  const rows = <Row>(found: Iterable<{ row: Row }>): Row[] => [...found].map(({ row }) => row)
  return {
    sessions: rows(sessions),
    chats: rows(chats),
    messages: rows(messages),
    words: [...words],
    usage,
    timeline: [...timeline],
  }
}
