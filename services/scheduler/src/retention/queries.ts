// What retention removes, a bounded number of rows at a time. Ids sort by time, so the oldest are at the beginning of each primary key.
import { makeId } from '@wagate/messages/ids.ts'
import type { Sql } from 'postgres'
import type { Choice, Cutoffs } from './limits.ts'

const none = new Uint8Array(10)

export async function removeMessages(sql: Sql, tenantId: string, before: Date, limit: number): Promise<number> {
  const removed = await sql`
    with old as materialized (
      select message_id, created_at from message_view
      where tenant_id = ${tenantId} and message_id < ${makeId('message', before.getTime(), none)} and created_at < ${before}
      order by message_id limit ${limit}),
    words as (
      delete from message_words w using old
      where w.tenant_id = ${tenantId} and w.message_id = old.message_id and w.created_at = old.created_at)
    delete from message_view v using old
    where v.tenant_id = ${tenantId} and v.message_id = old.message_id and v.created_at = old.created_at`
  return removed.count
}

/** With what people decided about them. */
export async function removeChats(sql: Sql, tenantId: string, before: Date, limit: number): Promise<number> {
  const [removed] = await sql<{ count: number }[]>`
    with old as (
      delete from chat_view where tenant_id = ${tenantId} and chat_id = any (array(
        select chat_id from chat_view where tenant_id = ${tenantId} and last_message_at < ${before} limit ${limit}))
        and last_message_at < ${before}
      returning chat_id),
    desks as (
      delete from chat_desk d using old where d.tenant_id = ${tenantId} and d.chat_id = old.chat_id)
    select count(*)::int as count from old`
  return removed?.count ?? 0
}

/** Settled ones, with their attempts. */
export async function removeDeliveries(sql: Sql, tenantId: string, before: Date, limit: number): Promise<number> {
  const [removed] = await sql<{ count: number }[]>`
    with old as (
      delete from webhook_delivery where tenant_id = ${tenantId} and delivery_id = any (array(
        select delivery_id from webhook_delivery
        where tenant_id = ${tenantId} and delivery_id < ${makeId('delivery', before.getTime(), none)} and status <> 'pending'
        order by delivery_id limit ${limit}))
      returning delivery_id),
    attempts as (
      delete from delivery_attempt a using old where a.tenant_id = ${tenantId} and a.delivery_id = old.delivery_id)
    select count(*)::int as count from old`
  return removed?.count ?? 0
}

/** Figures by hour, in the order of their primary key. */
export async function removeHours(sql: Sql, tenantId: string, before: Date, limit: number): Promise<number> {
  const removed = await sql`
    with old as materialized (
      select hour, session_id from message_hour where tenant_id = ${tenantId} and hour < ${before} order by hour limit ${limit})
    delete from message_hour v using old
    where v.tenant_id = ${tenantId} and v.hour = old.hour and v.session_id = old.session_id`
  return removed.count
}

/** What the tenant chose. */
export async function readChoice(sql: Sql, tenantId: string): Promise<Choice> {
  const [row] = await sql<Choice[]>`
    select message_days as messages, chat_days as chats, delivery_days as deliveries from retention where tenant_id = ${tenantId}`
  return row ?? { messages: null, chats: null, deliveries: null }
}

/** Before anything is removed: a rebuild of the views brings nothing back that is older. Never moves back. */
export async function markRemoved(sql: Sql, tenantId: string, { messages, chats, deliveries }: Cutoffs): Promise<void> {
  await sql`
    insert into retention as r (tenant_id, messages_before, chats_before, deliveries_before)
    values (${tenantId}, ${messages}, ${chats}, ${deliveries})
    on conflict (tenant_id) do update set
      messages_before = greatest(r.messages_before, excluded.messages_before),
      chats_before = greatest(r.chats_before, excluded.chats_before),
      deliveries_before = greatest(r.deliveries_before, excluded.deliveries_before)`
}

/**
 * A standing job for each tenant that has none; the first is due at a time of day that its id decides, so that not all are at once.
 * A tenant that changed what it keeps is due now.
 */
export async function ensureRetentionJobs(sql: Sql, everyMs: number): Promise<number> {
  const made = await sql`
    insert into job (tenant_id, job_id, kind, requested_by, due_at)
    select tenant_id, 'job_' || substr(tenant_id, 5), 'retention', 'system',
      now() + make_interval(secs => ${everyMs / 1_000}::float8 * (abs(hashtext(tenant_id)::bigint) % 1000) / 1000)
    from tenant where erased_at is null and not exists (select from job j where j.tenant_id = tenant.tenant_id and j.kind = 'retention')
    limit 1000 on conflict do nothing`
  await sql`
    update job set due_at = now() from retention r
    where r.tenant_id = job.tenant_id and kind = 'retention' and state = 'waiting' and due_at > now()
      and error_code is null and (finished_at is null or r.updated_at > finished_at)`
  return made.count
}

/** Drops the oldest month of messages if all of it is older; resolves with its name. Gives up when it would have to wait for long. */
export async function dropOldMonth(sql: Sql, before: Date): Promise<string | undefined> {
  const [row] = await sql<{ dropped: string | null }[]>`select drop_message_partition(${before}) as dropped`
  return row?.dropped ?? undefined
}
