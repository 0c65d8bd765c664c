// What the gateway reads of a tenant's usage, and writes of its own counts.
import { apiCallDay } from '@wagate/db/api-call-day.ts'
import { usageDay } from '@wagate/db/usage-day.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { and, between, eq, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { InTenant, Transaction } from '../postgres/in-tenant.ts'
import type { CallCounts, CallRow } from './calls.ts'
import type { DayRange } from './range.ts'

/** Figures of one day and type of message; '' for receipts. */
export type MessageCounts = Awaited<ReturnType<typeof messagesByDay>>[number]
export type DayCalls = CallCounts & { day: string }
export type StoredUsage = {
  messages: MessageCounts[]
  /** The most sessions that existed at one moment of the day; days before the first and after today are not there. */
  sessions: { day: string; most: number }[]
  calls: DayCalls[]
}
export type UsageStore = ReturnType<typeof createUsageStore>

/** Both throw `DatabaseUnavailable`. */
export function createUsageStore(inTenant: InTenant) {
  return {
    read: (tenantId: string, mode: Mode, range: DayRange, today: string): Promise<StoredUsage> =>
      inTenant(tenantId, async (tx) => ({
        messages: await messagesByDay(tx, tenantId, mode, range),
        sessions: await sessionsByDay(tx, tenantId, mode, { ...range, until: range.to < today ? range.to : today }),
        calls: await callsByDay(tx, tenantId, mode, range),
      })),

    /** The totals of one gateway process: what is stored already is never lowered, so a repeat changes nothing. */
    writeCalls: (tenantId: string, gatewayId: string, rows: readonly CallRow[]): Promise<void> =>
      inTenant(tenantId, async (tx) => {
        const most = (column: PgColumn) => sql`greatest(${column}, excluded.${sql.identifier(column.name)})`
        const { tenantId: owner, day, mode, gatewayId: gateway } = apiCallDay
        await tx
          .insert(apiCallDay)
          .values(rows.map((row) => ({ ...row, tenantId, gatewayId })))
          .onConflictDoUpdate({
            target: [owner, day, mode, gateway],
            set: {
              succeeded: most(apiCallDay.succeeded),
              refused: most(apiCallDay.refused),
              rateLimited: most(apiCallDay.rateLimited),
              failed: most(apiCallDay.failed),
              updatedAt: sql`now()`,
            },
          })
      }),
  }
}

const total = (column: PgColumn) => sql<number>`sum(${column})::float8`

const messagesByDay = (tx: Transaction, tenantId: string, mode: Mode, { from, to }: DayRange) =>
  tx
    .select({
      day: usageDay.day,
      type: usageDay.messageType,
      sent: total(usageDay.sent),
      sentByPhone: total(usageDay.sentByPhone),
      received: total(usageDay.received),
      delivered: total(usageDay.delivered),
      read: total(usageDay.read),
      played: total(usageDay.played),
      failed: total(usageDay.failed),
      unconfirmed: total(usageDay.unconfirmed),
      cancelled: total(usageDay.cancelled),
      expired: total(usageDay.expired),
      mediaBytesSent: total(usageDay.mediaBytesSent),
      mediaBytesReceived: total(usageDay.mediaBytesReceived),
    })
    .from(usageDay)
    .where(and(eq(usageDay.tenantId, tenantId), eq(usageDay.mode, mode), between(usageDay.day, from, to)))
    .groupBy(usageDay.day, usageDay.messageType)

const callsByDay = (tx: Transaction, tenantId: string, mode: Mode, { from, to }: DayRange): Promise<DayCalls[]> =>
  tx
    .select({
      day: apiCallDay.day,
      succeeded: total(apiCallDay.succeeded),
      refused: total(apiCallDay.refused),
      rateLimited: total(apiCallDay.rateLimited),
      failed: total(apiCallDay.failed),
    })
    .from(apiCallDay)
    .where(and(eq(apiCallDay.tenantId, tenantId), eq(apiCallDay.mode, mode), between(apiCallDay.day, from, to)))
    .groupBy(apiCallDay.day)

/**
 * Counts up with each creation and down with each deletion; the count at the start of a day is one of that day's. At one and the
 * same moment deletions come first: a session that replaces another is not one more.
 */
async function sessionsByDay(
  tx: Transaction,
  tenantId: string,
  mode: Mode,
  { from, to, until }: DayRange & { until: string },
): Promise<StoredUsage['sessions']> {
  return tx.execute<{ day: string; most: number }>(sql`
    with existing as (
      select created_at, deleted_at from session_view
      where tenant_id = ${tenantId} and mode = ${mode} and created_at < (${to}::date + 1)::timestamp at time zone 'UTC'
        and (deleted_at is null or deleted_at >= ${from}::date::timestamp at time zone 'UTC')
    ), change as (
      select created_at as at, 1 as step from existing
      union all select deleted_at, -1 from existing where deleted_at is not null
      union all select day at time zone 'UTC', 0
        from generate_series(${from}::date::timestamp, ${until}::date::timestamp, interval '1 day') as day
    ), counted as (
      select (at at time zone 'UTC')::date as day, sum(step) over (order by at, step) as sessions from change
    )
    select day::text, max(sessions)::float8 as most from counted where day between ${from}::date and ${to}::date group by day`)
}
