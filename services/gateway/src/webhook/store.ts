// Webhook endpoints in Postgres. Each query is one tenant's, in one mode.
import type { Webhook } from '@wagate/api/webhook.ts'
import { webhookEndpoint } from '@wagate/db/webhook-endpoint.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { Sealed } from '@wagate/runtime/seal.ts'
import { and, count, desc, eq, getTableColumns, isNull } from 'drizzle-orm'
import type { PageRequest } from '../message/views.ts'
import { after, exact, type InTenant, type Positioned } from '../postgres/in-tenant.ts'

export type NewWebhook = {
  id: string
  mode: Mode
  url: string
  description: string | null
  eventTypes: string[]
  secret: Sealed
  at: Date
}
export type WebhookChange = {
  url?: string
  description?: string | null
  eventTypes?: string[]
  enabled?: boolean
  secret?: Sealed
}

export type WebhookStore = {
  count(tenantId: string, mode: Mode): Promise<number>
  create(tenantId: string, webhook: NewWebhook): Promise<Webhook>
  find(tenantId: string, mode: Mode, id: string): Promise<Webhook | undefined>
  list(tenantId: string, mode: Mode, page: PageRequest): Promise<Positioned<Webhook>[]>
  /** Undefined when there is none. */
  update(tenantId: string, mode: Mode, id: string, change: WebhookChange, at: Date): Promise<Webhook | undefined>
  delete(tenantId: string, mode: Mode, id: string, at: Date): Promise<boolean>
}

type Row = typeof webhookEndpoint.$inferSelect

/** Throws `DatabaseUnavailable`. */
export function createWebhookStore(inTenant: InTenant): WebhookStore {
  const endpoint = webhookEndpoint
  const existing = (tenantId: string, mode: Mode) =>
    and(eq(endpoint.tenantId, tenantId), eq(endpoint.mode, mode), isNull(endpoint.deletedAt))
  const one = (tenantId: string, mode: Mode, id: string) => and(existing(tenantId, mode), eq(endpoint.endpointId, id))

  return {
    count: (tenantId, mode) =>
      inTenant(tenantId, async (tx) => {
        const [row] = await tx.select({ count: count() }).from(endpoint).where(existing(tenantId, mode))
        return row?.count ?? 0
      }),

    create: (tenantId, { id, mode, url, description, eventTypes, secret, at }) =>
      inTenant(tenantId, async (tx) => {
        const row = {
          tenantId,
          endpointId: id,
          mode,
          url,
          description,
          eventTypes,
          ...sealed(secret),
          createdAt: at,
          updatedAt: at,
        }
        const [created] = await tx.insert(endpoint).values(row).returning()
        if (!created) throw new Error('the endpoint was not stored')
        return present(created)
      }),

    find: (tenantId, mode, id) =>
      inTenant(tenantId, async (tx) => {
        const [row] = await tx
          .select()
          .from(endpoint)
          .where(one(tenantId, mode, id))
        return row && present(row)
      }),

    list: (tenantId, mode, page) =>
      inTenant(tenantId, async (tx) => {
        const rows = await tx
          .select({ row: getTableColumns(endpoint), key: exact(endpoint.createdAt) })
          .from(endpoint)
          .where(and(existing(tenantId, mode), after(endpoint.createdAt, endpoint.endpointId, page.after)))
          .orderBy(desc(endpoint.createdAt), desc(endpoint.endpointId))
          .limit(page.limit + 1)
        return rows.map(({ row, key }) => ({ item: present(row), position: { key, id: row.endpointId } }))
      }),

    update: (tenantId, mode, id, { secret, enabled, ...change }, at) =>
      inTenant(tenantId, async (tx) => {
        const state = enabled === undefined ? {} : { enabled, disabledReason: enabled ? null : ('by_user' as const) }
        const [row] = await tx
          .update(endpoint)
          .set({ ...change, ...state, ...(secret && sealed(secret)), updatedAt: at })
          .where(one(tenantId, mode, id))
          .returning()
        return row && present(row)
      }),

    delete: (tenantId, mode, id, at) =>
      inTenant(tenantId, async (tx) => {
        const rows = await tx
          .update(endpoint)
          .set({ deletedAt: at, enabled: false, disabledReason: 'by_user', updatedAt: at })
          .where(one(tenantId, mode, id))
          .returning({ id: endpoint.endpointId })
        return rows.length > 0
      }),
  }
}

const sealed = (secret: Sealed) => ({
  secretIv: secret.iv,
  secretCiphertext: secret.ciphertext,
  secretTag: secret.tag,
  secretKekId: secret.kekId,
})

const present = (row: Row): Webhook => ({
  id: row.endpointId,
  url: row.url,
  event_types: row.eventTypes,
  mode: row.mode,
  description: row.description,
  enabled: row.enabled,
  disabled_reason: row.disabledReason,
  created_at: row.createdAt.toISOString(),
  updated_at: row.updatedAt.toISOString(),
})
