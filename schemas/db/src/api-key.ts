import { sql } from 'drizzle-orm'
import { foreignKey, index, integer, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { tenant } from './tenant.ts'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/**
 * API keys by hash; the secret itself is shown once and stored nowhere. Mirrored to the KV bucket `api_keys`, from which
 * requests are authenticated: this table is the record, the mirror is what counts while Postgres is down.
 * Exempt from row-level security: the reconciler of the mirror reads every tenant's keys.
 */
export const apiKey = pgTable(
  'api_key',
  {
    tenantId: text('tenant_id').notNull(),
    keyId: text('key_id').notNull(),
    name: text('name'),
    mode: text('mode', { enum: ['test', 'live'] }).notNull(),
    /** SHA-256 of the secret, base64url. */
    secretHash: text('secret_hash').notNull(),
    scopes: text('scopes').array().notNull(),
    /** The only sessions that it reaches; null for all. */
    sessionIds: text('session_ids').array(),
    /** Null for what the installation allows. */
    requestsPerSecond: integer('requests_per_second'),
    createdAt: instant('created_at').notNull().defaultNow(),
    /** Written by the gateways once a minute, so it may be that old. */
    lastUsedAt: instant('last_used_at'),
    expiresAt: instant('expires_at'),
    revokedAt: instant('revoked_at'),
  },
  (key) => [
    primaryKey({ columns: [key.tenantId, key.keyId] }),
    foreignKey({ columns: [key.tenantId], foreignColumns: [tenant.tenantId] }),
    index('api_key_newest').on(key.tenantId, sql`${key.createdAt} desc`, sql`${key.keyId} desc`),
  ],
)
