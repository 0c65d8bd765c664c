import { index, pgTable, primaryKey, real, smallint, text, timestamp } from 'drizzle-orm/pg-core'

/**
 * Requests to the API within a tenant, for the people who build on it: what was asked and what became of it, never a body or a query.
 * Written by gateways in batches. Partitioned by day (UTC): old days are dropped.
 */
export const requestLog = pgTable(
  'request_log',
  {
    tenantId: text('tenant_id').notNull(),
    mode: text('mode', { enum: ['test', 'live'] }).notNull(),
    /** When it came. */
    at: timestamp('at', { withTimezone: true, precision: 3 }).notNull(),
    entryId: text('entry_id').notNull(),
    /** Callers may choose it, so it may come twice. */
    requestId: text('request_id').notNull(),
    method: text('method').notNull(),
    /** The pattern, like `/v1/sessions/{session_id}`. */
    route: text('route').notNull(),
    /** The same with the ids that were asked for. */
    path: text('path').notNull(),
    status: smallint('status').notNull(),
    problem: text('problem'),
    actorKind: text('actor_kind', { enum: ['person', 'key'] }).notNull(),
    actorId: text('actor_id').notNull(),
    durationMs: real('duration_ms').notNull(),
    /** A network, /24 or /48: whole addresses are kept nowhere. */
    address: text('address'),
    userAgent: text('user_agent'),
  },
  (request) => [
    primaryKey({ columns: [request.tenantId, request.mode, request.at, request.entryId] }),
    index('request_log_id').on(request.tenantId, request.requestId),
  ],
)
