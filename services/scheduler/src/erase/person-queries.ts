// What Postgres has of one person, a bounded number of rows at a time.
import type { Sql } from 'postgres'

export type PersonSelection = {
  tenantId: string
  names: readonly string[]
  /** Only these; all when undefined. */
  sessions: readonly string[] | undefined
}

const everywhere = ({ sessions }: PersonSelection): boolean => sessions === undefined
const within = ({ sessions }: PersonSelection): string[] => [...(sessions ?? [])]

export async function testSessions(sql: Sql, tenantId: string): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select session_id as id from session_view where tenant_id = ${tenantId} and mode = 'test'`
  return rows.map(({ id }) => id)
}

/** Of the person's chats, and what the person wrote elsewhere. */
export async function removePersonsMessages(sql: Sql, selection: PersonSelection, limit: number): Promise<number> {
  const { tenantId } = selection
  const names = [...selection.names]
  const removed = await sql`
    with old as materialized (
      select message_id, created_at from message_view
      where tenant_id = ${tenantId} and (${everywhere(selection)} or session_id = any (${within(selection)}))
        and (chat_phone = any (${names}) or chat_lid = any (${names}) or from_phone = any (${names}) or from_lid = any (${names})
          or chat_id in (select chat_id from chat_view where tenant_id = ${tenantId} and (phone = any (${names}) or lid = any (${names}))))
      limit ${limit}),
    words as (
      delete from message_words w using old
      where w.tenant_id = ${tenantId} and w.message_id = old.message_id and w.created_at = old.created_at)
    delete from message_view v using old
    where v.tenant_id = ${tenantId} and v.message_id = old.message_id and v.created_at = old.created_at`
  return removed.count
}

export async function removePersonsChats(sql: Sql, selection: PersonSelection, limit: number): Promise<number> {
  const { tenantId } = selection
  const names = [...selection.names]
  const [removed] = await sql<{ count: number }[]>`
    with old as (
      delete from chat_view where tenant_id = ${tenantId} and chat_id = any (array(
        select chat_id from chat_view where tenant_id = ${tenantId} and (phone = any (${names}) or lid = any (${names}))
          and (${everywhere(selection)} or session_id = any (${within(selection)})) limit ${limit}))
      returning chat_id),
    desks as (
      delete from chat_desk d using old where d.tenant_id = ${tenantId} and d.chat_id = old.chat_id)
    select count(*)::int as count from old`
  return removed?.count ?? 0
}

/** Those whose body names the person as a whole value. */
export async function removePersonsDeliveries(sql: Sql, selection: PersonSelection, limit: number): Promise<number> {
  const { tenantId } = selection
  const patterns = selection.names.map((name) => `%${JSON.stringify(name).replaceAll(/[%_\\]/g, '\\$&')}%`)
  const [removed] = await sql<{ count: number }[]>`
    with old as (
      delete from webhook_delivery where tenant_id = ${tenantId} and delivery_id = any (array(
        select delivery_id from webhook_delivery
        where tenant_id = ${tenantId} and body like any (${patterns})
          and (${everywhere(selection)} or session_id = any (${within(selection)})) limit ${limit}))
      returning delivery_id),
    attempts as (
      delete from delivery_attempt a using old where a.tenant_id = ${tenantId} and a.delivery_id = old.delivery_id)
    select count(*)::int as count from old`
  return removed?.count ?? 0
}
