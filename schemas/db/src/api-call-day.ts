import { bigint, date, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

const amount = (name: string) => bigint(name, { mode: 'number' }).notNull()

/**
 * Requests that came with a valid key or token, by the day (UTC) on which they were answered. Each gateway process counts in memory
 * and writes its own totals once a minute: written twice they change nothing, and the sum over the processes is what there was.
 */
export const apiCallDay = pgTable(
  'api_call_day',
  {
    tenantId: text('tenant_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    mode: text('mode', { enum: ['test', 'live'] }).notNull(),
    /** The process that counted; another one after each start. */
    gatewayId: text('gateway_id').notNull(),
    /** Answered with a status below 400. */
    succeeded: amount('succeeded'),
    /** With 4xx, but for 429. */
    refused: amount('refused'),
    /** With 429. */
    rateLimited: amount('rate_limited'),
    /** With 5xx. */
    failed: amount('failed'),
    updatedAt: timestamp('updated_at', { withTimezone: true }).notNull().defaultNow(),
  },
  (calls) => [primaryKey({ columns: [calls.tenantId, calls.day, calls.mode, calls.gatewayId] })],
)
