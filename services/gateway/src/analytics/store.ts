// What the gateway reads of messages by hour.
import type { AnalyticsInterval, MessageCounts } from '@wagate/api/analytics.ts'
import { messageHour } from '@wagate/db/message-hour.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { and, eq, gte, lt, sql } from 'drizzle-orm'
import type { PgColumn } from 'drizzle-orm/pg-core'
import type { InTenant } from '../postgres/in-tenant.ts'
import type { Range } from './range.ts'

export type StoredBucket = MessageCounts & { atMs: number }
export type AnalyticsStore = {
  /** Intervals without any message are not there. Throws `DatabaseUnavailable`. */
  read: (tenantId: string, mode: Mode, range: Range, sessionId: string | undefined) => Promise<StoredBucket[]>
}

const total = (column: PgColumn) => sql<number>`sum(${column})::float8`

const start = (interval: AnalyticsInterval) =>
  sql<number>`(extract(epoch from date_trunc(${sql.raw(`'${interval}'`)}, ${messageHour.hour}, 'UTC')) * 1000)::float8`

export const createAnalyticsStore = (inTenant: InTenant): AnalyticsStore => ({
  read: (tenantId, mode, { interval, fromMs, untilMs }, sessionId) =>
    inTenant(tenantId, (tx) =>
      tx
        .select({
          atMs: start(interval),
          received: total(messageHour.received),
          sent: total(messageHour.sent),
          delivered: total(messageHour.delivered),
          read: total(messageHour.read),
          played: total(messageHour.played),
          failed: total(messageHour.failed),
          unconfirmed: total(messageHour.unconfirmed),
          cancelled: total(messageHour.cancelled),
          expired: total(messageHour.expired),
          sent_by_phone: total(messageHour.sentByPhone),
        })
        .from(messageHour)
        .where(
          and(
            eq(messageHour.tenantId, tenantId),
            gte(messageHour.hour, new Date(fromMs)),
            lt(messageHour.hour, new Date(untilMs)),
            eq(messageHour.mode, mode),
            sessionId === undefined ? undefined : eq(messageHour.sessionId, sessionId),
          ),
        )
        .groupBy(start(interval)),
    ),
})
