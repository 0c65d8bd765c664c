import { chatView } from '@wagate/db/chat-view.ts'
import type { Event } from '@wagate/messages/events.ts'
import type { TransactionSql } from 'postgres'
import { jsonOf, recordset, recordType, upsert } from '../recordset.ts'
import { type ChatRow, type Chats, currentChatId, nameKey, openChats } from './project.ts'

const named = ['tenant_id', 'session_id', 'phone', 'lid']
// Two index scans; a row that both find is the same row.
const select = `with r as (select * from ${recordset(recordType(chatView, named))})
  select to_json(v) as row from r join chat_view v
    on v.tenant_id = r.tenant_id and v.session_id = r.session_id and v.phone = r.phone
  union all
  select to_json(v) as row from r join chat_view v
    on v.tenant_id = r.tenant_id and v.session_id = r.session_id and v.lid = r.lid`
const write = upsert(chatView, ['tenant_id', 'chat_id'])
const merges = recordset('(tenant_id text, gone_id text, kept_id text)')
const remove = `delete from chat_view v using ${merges} where v.tenant_id = r.tenant_id and v.chat_id = r.gone_id`
const moveMessages = `update message_view v set chat_id = r.kept_id from ${merges}
  where v.tenant_id = r.tenant_id and v.chat_id = r.gone_id`

/** The chats of every party that the events name. */
export async function loadChats(sql: TransactionSql, events: Iterable<Event>): Promise<Chats> {
  const wanted = new Map<string, object>()
  for (const event of events) {
    if (!('chat' in event.data)) continue
    const { phone, lid } = event.data.chat
    const session = { tenant_id: event.tenantId, session_id: event.sessionId }
    wanted.set(nameKey(event, `${phone}|${lid}`), { ...session, phone, lid })
  }
  if (wanted.size === 0) return openChats([])
  const rows = await sql.unsafe<{ row: ChatRow }[]>(select, [jsonOf([...wanted.values()])], { prepare: true })
  return openChats(rows.map(({ row }) => row))
}

export async function applyChats(sql: TransactionSql, chats: Chats): Promise<void> {
  if (chats.merged.size > 0) {
    const gone = jsonOf([...chats.merged.values()].map((m) => ({ ...m, kept_id: currentChatId(chats, m.kept_id) })))
    await sql.unsafe(remove, [gone], { prepare: true })
    await sql.unsafe(moveMessages, [gone], { prepare: true })
  }
  const rows = [...chats.changed].flatMap((id) => chats.byId.get(id) ?? [])
  // A row that gave its number away comes before the one that took it: numbers are unique.
  rows.sort((one, other) => Number(one.phone !== null) - Number(other.phone !== null))
  if (rows.length > 0) await sql.unsafe(write, [jsonOf(rows)], { prepare: true })
}
