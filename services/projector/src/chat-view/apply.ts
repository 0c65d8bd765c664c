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

/**
 * Removes chats that went into others and takes along their messages, and what people decided about them. Runs before the
 * others are written. In a rebuild that has been done, and finds nothing to take.
 */
export async function applyMerges(sql: TransactionSql, chats: Chats): Promise<void> {
  if (chats.merged.size === 0) return
  const gone = jsonOf([...chats.merged.values()].map((one) => ({ ...one, kept_id: currentChatId(chats, one.kept_id) })))
  const into = `using ${merges} where v.tenant_id = r.tenant_id and v.chat_id = r.gone_id`
  await sql.unsafe(`delete from chat_view v ${into}`, [gone])
  await sql.unsafe(
    `update message_view v set chat_id = r.kept_id from ${merges} where v.tenant_id = r.tenant_id and v.chat_id = r.gone_id`,
    [gone],
  )
  await sql.unsafe(mergeDesks, [gone])
}

/** Whoever had the kept chat keeps it; what was read in either one was read. Of several desks the newest mark holds. */
const mergeDesks = `
  with taken as (
    delete from chat_desk v using ${merges} where v.tenant_id = r.tenant_id and v.chat_id = r.gone_id
    returning v.*, r.kept_id),
  best as (
    select distinct on (tenant_id, kept_id) tenant_id, kept_id, session_id, mode, read_to_at, read_to_id,
      first_value(assignee_id) over (partition by tenant_id, kept_id order by assignee_id is null, chat_id) as assignee_id,
      max(read_at) over (partition by tenant_id, kept_id) as read_at
    from taken order by tenant_id, kept_id, (read_to_at, read_to_id) desc nulls last)
  insert into chat_desk as d (tenant_id, chat_id, session_id, mode, assignee_id, read_to_at, read_to_id, read_at)
  select tenant_id, kept_id, session_id, mode, assignee_id, read_to_at, read_to_id, read_at from best
  on conflict (tenant_id, chat_id) do update set
    assignee_id = coalesce(d.assignee_id, excluded.assignee_id),
    (read_to_at, read_to_id) = (
      select * from (values (d.read_to_at, d.read_to_id), (excluded.read_to_at, excluded.read_to_id)) as mark (at, id)
      order by at desc nulls last, id desc nulls last limit 1),
    read_at = greatest(d.read_at, excluded.read_at), read_to_seq = null`
