import { pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

/**
 * The mode of each session, as `session.created` told it: decides whether test or live endpoints get its events.
 * Written by the webhooks service only, which must not wait for the projector.
 */
export const webhookSession = pgTable(
  'webhook_session',
  {
    tenantId: text('tenant_id').notNull(),
    sessionId: text('session_id').notNull(),
    mode: text('mode', { enum: ['test', 'live'] }).notNull(),
  },
  (session) => [primaryKey({ columns: [session.tenantId, session.sessionId] })],
)
