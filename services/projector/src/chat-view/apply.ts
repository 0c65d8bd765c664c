import { chatView } from '@wagate/db/chat-view.ts'
import type { Event } from '@wagate/messages/events.ts'
import type { TransactionSql } from 'postgres'
import { jsonOf, recordset, recordType, upsert } from '../recordset.ts'
import { type ChatRow, type Chats, currentChatId, nameKey } from './project.ts'

const named = ['tenant_id', 'session_id', 'phone', 'lid']

/** Finds the chats of the parties that a parameter names, by two indexes; a row may come twice: `chatsParameter`. */
export const selectChats = (parameter: number): string =>
  ['phone', 'lid']
    .map(
      (name) => `select to_json(v) as row from ${recordset(recordType(chatView, named), parameter)}
   join chat_view v on v.tenant_id = r.tenant_id and v.session_id = r.session_id and v.${name} = r.${name}`,
    )
    .join(' union all ')

/** The chats of every party that the events name. */
export function chatsParameter(events: readonly Event[]): string {
  const wanted = new Map<string, object>()
  for (const event of events) {
    if (!('chat' in event.data)) continue
    const { phone, lid } = event.data.chat
    const session = { tenant_id: event.tenantId, session_id: event.sessionId }
    wanted.set(nameKey(event, `${phone}|${lid}`), { ...session, phone, lid })
  }
  return jsonOf([...wanted.values()])
}

/** Writes rows of `chat_view`: `changedChats`. */
export const writeChats = (parameter: number): string => upsert(chatView, ['tenant_id', 'chat_id'], parameter)

/** A row that gave its number away comes before the one that took it: numbers are unique. */
export function changedChats(chats: Chats): ChatRow[] {
  const rows = [...chats.changed].flatMap((id) => chats.byId.get(id) ?? [])
  return rows.sort((one, other) => Number(one.phone !== null) - Number(other.phone !== null))
}

const merges = recordset('(tenant_id text, gone_id text, kept_id text)')

/** Removes chats that went into others and takes their messages along. Runs before the others are written. */
export async function applyMerges(sql: TransactionSql, chats: Chats): Promise<void> {
  if (chats.merged.size === 0) return
  const gone = [...chats.merged.values()].map((one) => ({ ...one, kept_id: currentChatId(chats, one.kept_id) }))
  await sql.unsafe(
    `delete from chat_view v using ${merges} where v.tenant_id = r.tenant_id and v.chat_id = r.gone_id`,
    [jsonOf(gone)],
  )
  await sql.unsafe(
    `update message_view v set chat_id = r.kept_id from ${merges} where v.tenant_id = r.tenant_id and v.chat_id = r.gone_id`,
    [jsonOf(gone)],
  )
}
