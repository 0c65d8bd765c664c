// An inbox that has been used for long: rows as the projector writes them, without the messages having been sent.
import { randomBytes } from 'node:crypto'
import { makeId } from '@wagate/messages/ids.ts'
import type { Sql } from '@wagate/runtime/postgres.ts'

type Place = { tenantId: string; sessionId: string }
type Sizes = { chats: number; messages: number }

const everyMs = 1_000
const atOnce = 1_000
const words = 'a table for four tonight by the window would be perfect thank you very much see you then'.split(' ')

/** The ids of the chats; the first has one message in twenty and its share of the others, so that it is long. */
export async function fillInbox(sql: Sql, place: Place, { chats, messages }: Sizes, nowMs: number): Promise<string[]> {
  const { tenantId: tenant_id, sessionId: session_id } = place
  const timeOf = (n: number) => nowMs - (messages - n) * everyMs
  const iso = (n: number) => new Date(timeOf(n)).toISOString()
  const ids = Array.from({ length: chats }, () => makeId('chat', timeOf(0), randomBytes(10)))
  const chatOf = (n: number) => (n % 20 === 0 ? 0 : n % chats)
  const phoneOf = (chat: number) => `+999${String(10_000_000 + chat)}`
  const last = new Map<number, { last_message_id: string; last_message_at: string }>()
  for (const n of [0, messages]) await sql`select ensure_message_partition(${iso(n)})`

  for (let from = 0; from < messages; from += atOnce) {
    const rows = Array.from({ length: Math.min(atOnce, messages - from) }, (_, step) => {
      const n = from + step
      const [chat, created_at] = [chatOf(n), iso(n)]
      const message_id = makeId('message', timeOf(n), randomBytes(10))
      last.set(chat, { last_message_id: message_id, last_message_at: created_at })
      const ours = n % 3 === 0
      const body = `${n} ${Array.from({ length: 2 + (n % 23) }, (_, word) => words[(n + word) % words.length]).join(' ')}`
      return {
        ...{ tenant_id, session_id, message_id, created_at, chat_id: ids[chat], chat_phone: phoneOf(chat) },
        ...{ type: 'text', content: { type: 'text', text: { body } }, stream_seq: n + 1, wa_message_id: message_id },
        ...(ours
          ? { direction: 'outbound', state: 'read', accepted_at: created_at, read_at: created_at }
          : { direction: 'inbound', state: 'received', from_phone: phoneOf(chat) }),
      }
    })
    await sql`insert into message_view select * from jsonb_populate_recordset(null::message_view, ${sql.json(rows)})`
  }
  const rows = [...last].map(([chat, newest]) => ({
    ...{ tenant_id, session_id, chat_id: ids[chat], mode: 'test', phone: phoneOf(chat), name: `Customer ${chat}` },
    ...{ ...newest, unread_count: chat % 4, created_at: iso(0), first_stream_seq: 1, stream_seq: messages },
  }))
  await sql`insert into chat_view select * from jsonb_populate_recordset(null::chat_view, ${sql.json(rows)})`
  return ids
}
