// Every statement on deliveries. Rows travel as one JSON text: one parameter and one plan, however many rows.
import type { Sql } from 'postgres'
import type { Mode } from '../endpoint/endpoint.ts'
import type { Delivery } from './delivery.ts'
import type { PlannedDelivery } from './plan.ts'

export type SessionMode = { tenantId: string; sessionId: string; mode: Mode }

/** A planned delivery, and whether this copy takes it on at once: then nobody else may, until `claimMs` have passed. */
export type NewDelivery = PlannedDelivery & { claimed: boolean }

const insertText = `
  with sessions as (
    insert into webhook_session (tenant_id, session_id, mode)
    select tenant_id, session_id, mode from json_to_recordset(($1::text)::json) as r (tenant_id text, session_id text, mode text)
    on conflict do nothing)
  insert into webhook_delivery (tenant_id, delivery_id, endpoint_id, event_id, event_type, session_id, stream_seq, body, status, next_attempt_at)
  select tenant_id, delivery_id, endpoint_id, event_id, event_type, session_id, stream_seq, body, 'pending',
    now() + case when claimed then make_interval(secs => $3) else interval '0' end
  from json_to_recordset(($2::text)::json) as r (tenant_id text, delivery_id text, endpoint_id text, event_id text,
    event_type text, session_id text, stream_seq bigint, body text, claimed boolean)
  on conflict (tenant_id, endpoint_id, event_id) do nothing
  returning delivery_id`

/** Records what must be delivered, in one transaction; returns the ids of the new ones. A repeated event makes none. */
export async function insertDeliveries(
  sql: Sql,
  sessions: readonly SessionMode[],
  deliveries: readonly NewDelivery[],
  claimMs: number,
): Promise<Set<string>> {
  const modes = sessions.map(({ tenantId, sessionId, mode }) => ({ tenant_id: tenantId, session_id: sessionId, mode }))
  const rows = deliveries.map((one) => ({
    tenant_id: one.tenantId,
    delivery_id: one.deliveryId,
    endpoint_id: one.endpointId,
    event_id: one.eventId,
    event_type: one.eventType,
    session_id: one.sessionId,
    stream_seq: one.streamSeq,
    body: one.body,
    claimed: one.claimed,
  }))
  const parameters = [JSON.stringify(modes), JSON.stringify(rows), claimMs / 1_000]
  const inserted = await sql.unsafe<{ delivery_id: string }[]>(insertText, parameters, { prepare: true })
  return new Set(inserted.map((row) => row.delivery_id))
}

export async function sessionModes(
  sql: Sql,
  sessions: readonly { tenantId: string; sessionId: string }[],
): Promise<SessionMode[]> {
  const rows = JSON.stringify(sessions.map((one) => ({ tenant_id: one.tenantId, session_id: one.sessionId })))
  return sql<SessionMode[]>`
    select tenant_id as "tenantId", session_id as "sessionId", mode
    from json_to_recordset((${rows}::text)::json) as r (tenant_id text, session_id text)
    join webhook_session using (tenant_id, session_id)`
}

// Rows are found by place (ctid): they are locked by this very statement, so they stay where they are, and no plan can be
// wrong about how many there are.
const claimText = `
  update webhook_delivery d set next_attempt_at = now() + make_interval(secs => $2)
  where d.ctid = any (array(
    select due.ctid from json_to_recordset(($1::text)::json) as e (tenant_id text, endpoint_id text, room int)
    cross join lateral (
      select w.ctid from webhook_delivery w
      where w.tenant_id = e.tenant_id and w.endpoint_id = e.endpoint_id and w.status = 'pending' and w.next_attempt_at <= now()
      order by w.next_attempt_at limit e.room for update skip locked) due))
  returning d.tenant_id as "tenantId", d.endpoint_id as "endpointId", d.delivery_id as "deliveryId", d.event_id as "eventId",
    d.event_type as "eventType", d.session_id as "sessionId", d.body, d.attempts, d.resends, d.attempts_before as "attemptsBefore"`

/** Takes on due deliveries, no more per endpoint than it has room for; other copies get others. */
export async function claimDue(
  sql: Sql,
  rooms: readonly { tenantId: string; endpointId: string; room: number }[],
  claimMs: number,
): Promise<Delivery[]> {
  if (rooms.length === 0) return []
  const rows = rooms.map((one) => ({ tenant_id: one.tenantId, endpoint_id: one.endpointId, room: one.room }))
  return sql.unsafe<Delivery[]>(claimText, [JSON.stringify(rows), claimMs / 1_000], { prepare: true })
}

/** An attempt that ended, and what follows from it. */
export type Settled = {
  tenantId: string
  deliveryId: string
  attempt: number
  startedAt: Date
  durationMs: number
  statusCode: number | null
  error: string | null
  /** Which resend it belongs to; 0: none. */
  resend: number
  responseBody: string | null
  status: 'pending' | 'delivered' | 'exhausted' | 'cancelled'
  /** Null unless pending. */
  nextAttemptAt: Date | null
}

// `settled_at is null` and not `status = 'pending'`: on a table without statistics the planner would take the index of
// pending deliveries for it, and read all of a tenant's for each row.
const settleText = `
  with r as materialized (select * from json_to_recordset(($1::text)::json) as r ("tenantId" text, "deliveryId" text, attempt smallint,
    "startedAt" timestamptz, "durationMs" int, "statusCode" int, error text, resend smallint, "responseBody" text, status text,
    "nextAttemptAt" timestamptz)),
  moved as (
    update webhook_delivery d set status = r.status, attempts = r.attempt, next_attempt_at = r."nextAttemptAt",
      last_status_code = r."statusCode", last_error = r.error, settled_at = case when r.status <> 'pending' then now() end
    from r where d.tenant_id = r."tenantId" and d.delivery_id = r."deliveryId" and d.settled_at is null and d.attempts < r.attempt)
  insert into delivery_attempt (tenant_id, delivery_id, attempt, started_at, duration_ms, status_code, error, resend, response_body)
  select "tenantId", "deliveryId", attempt, "startedAt", "durationMs", "statusCode", error, resend, "responseBody" from r
  on conflict do nothing`

/** Records attempts and moves their deliveries on. */
export async function settleDeliveries(sql: Sql, settled: readonly Settled[]): Promise<void> {
  await sql.unsafe(settleText, [JSON.stringify(settled)], { prepare: true })
}

/** Gives up claims, so that the deliveries are due at once, for any copy. */
export async function releaseClaims(sql: Sql, deliveries: readonly Delivery[]): Promise<void> {
  if (deliveries.length === 0) return
  const rows = JSON.stringify(deliveries.map((one) => ({ tenant_id: one.tenantId, delivery_id: one.deliveryId })))
  await sql`update webhook_delivery d set next_attempt_at = now()
    from json_to_recordset((${rows}::text)::json) as r (tenant_id text, delivery_id text)
    where d.tenant_id = r.tenant_id and d.delivery_id = r.delivery_id and d.settled_at is null`
}

/** What waits for an endpoint that is disabled or deleted will not be delivered. */
export async function cancelOrphans(sql: Sql): Promise<number> {
  const cancelled =
    await sql`update webhook_delivery d set status = 'cancelled', next_attempt_at = null, settled_at = now()
    from webhook_endpoint e where (not e.enabled or e.deleted_at is not null)
      and d.tenant_id = e.tenant_id and d.endpoint_id = e.endpoint_id and d.status = 'pending'`
  return cancelled.count
}

/**
 * Settled deliveries and their attempts are kept for this long. Removes the oldest of each endpoint, deleted ones included,
 * and returns how many deliveries it were; call it again until that is 0.
 */
export async function removeOldDeliveries(sql: Sql, keepDays: number): Promise<number> {
  const [removed] = await sql<{ count: number }[]>`
    with old as (
      delete from webhook_delivery d where d.ctid = any (array(
        select w.ctid from webhook_endpoint e cross join lateral (
          select ctid from webhook_delivery w
          where w.tenant_id = e.tenant_id and w.endpoint_id = e.endpoint_id and w.status <> 'pending'
            and w.created_at < now() - make_interval(days => ${keepDays})
          order by w.created_at limit 500) w))
      returning d.tenant_id, d.delivery_id),
    attempts as (
      delete from delivery_attempt a using old where a.tenant_id = old.tenant_id and a.delivery_id = old.delivery_id)
    select count(*)::int as count from old`
  return removed?.count ?? 0
}
