import { integer, jsonb, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/**
 * Who uses Wagate. Written by the gateway's management commands and mirrored to the KV bucket `tenants`.
 * Exempt from row-level security: it is read before the caller's tenant is known.
 */
export const tenant = pgTable('tenant', {
  tenantId: text('tenant_id').primaryKey(),
  name: text('name').notNull(),
  status: text('status', { enum: ['active', 'suspended'] })
    .notNull()
    .default('active'),
  liveSessionLimit: integer('live_session_limit').notNull(),
  sandboxSessionLimit: integer('sandbox_session_limit').notNull(),
  sandboxPhoneLimit: integer('sandbox_phone_limit').notNull(),
  /** Free for the operator's own notes, such as a billing reference. */
  metadata: jsonb('metadata').notNull().default({}),
  createdAt: instant('created_at').notNull().defaultNow(),
  updatedAt: instant('updated_at').notNull().defaultNow(),
})
