import { sql } from 'drizzle-orm'
import { boolean, customType, foreignKey, index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'
import { tenant } from './tenant.ts'

const instant = (name: string) => timestamp(name, { withTimezone: true })
const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })

/**
 * Where a tenant wants its events. Written by the gateway, except for `enabled` and `disabled_reason`, which the
 * webhooks service also sets. Every change notifies the channel `webhook_endpoint`, so that it takes effect at once.
 */
export const webhookEndpoint = pgTable(
  'webhook_endpoint',
  {
    tenantId: text('tenant_id').notNull(),
    endpointId: text('endpoint_id').notNull(),
    url: text('url').notNull(),
    description: text('description'),
    /** Events of test sessions go to test endpoints only, those of live sessions to live ones. */
    mode: text('mode', { enum: ['test', 'live'] }).notNull(),
    /** Names as in `message.received`; empty means every type. */
    eventTypes: text('event_types').array().notNull(),
    /** The signing secret (`whsec_…`), sealed with AES-256-GCM under the key `secret_kek_id`; AAD `<tenant>|<endpoint>`. */
    secretIv: bytes('secret_iv').notNull(),
    secretCiphertext: bytes('secret_ciphertext').notNull(),
    secretTag: bytes('secret_tag').notNull(),
    secretKekId: text('secret_kek_id').notNull(),
    enabled: boolean('enabled').notNull().default(true),
    /** Why it is not enabled: `gone` when the endpoint answered 410, `by_user` otherwise. */
    disabledReason: text('disabled_reason', { enum: ['gone', 'by_user'] }),
    createdAt: instant('created_at').notNull().defaultNow(),
    updatedAt: instant('updated_at').notNull().defaultNow(),
    /** Deleted endpoints keep their row, because their deliveries refer to it; they are shown nowhere. */
    deletedAt: instant('deleted_at'),
  },
  (endpoint) => [
    primaryKey({ columns: [endpoint.tenantId, endpoint.endpointId] }),
    foreignKey({ columns: [endpoint.tenantId], foreignColumns: [tenant.tenantId] }),
    index('webhook_endpoint_newest').on(
      endpoint.tenantId,
      endpoint.mode,
      sql`${endpoint.createdAt} desc`,
      sql`${endpoint.endpointId} desc`,
    ),
  ],
)
