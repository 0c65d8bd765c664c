// What became of deliveries, and the two things that people may do about them: have one made again, and test an endpoint. What is due
// is the webhooks service's to attempt, by its own rules.
import {
  type attemptErrors,
  type Delivery,
  type DeliveryAttempt,
  maxAttemptsShown,
  maxResends,
  maxTestsPerMinute,
} from '@wagate/api/webhook.ts'
import { webhookTest } from '@wagate/api/webhook-payload.ts'
import { deliveryAttempt, type deliveryStatuses, webhookDelivery } from '@wagate/db/webhook-delivery.ts'
import { and, count, desc, eq, getTableColumns, gte, isNotNull, lt, or, type SQL, sql } from 'drizzle-orm'
import type { PageRequest } from '../message/views.ts'
import { after, exact, type InTenant, type Positioned } from '../postgres/in-tenant.ts'

export type DeliveryFilter = {
  endpointId: string
  status: (typeof deliveryStatuses)[number] | undefined
  type: string | undefined
  since: Date | undefined
}
/** With the body as it is sent. */
export type FullDelivery = { delivery: Delivery; body: string; attempts: DeliveryAttempt[] }
/** `soon`: it is being attempted, or will be within a minute. */
export type Resent = { kind: 'resent'; delivery: Delivery } | { kind: 'missing' | 'too-often' } | Soon
type Soon = { kind: 'soon'; nextAttemptAt: string | null }
export type NewTest = { deliveryId: string; endpointId: string; eventId: string; body: string }

export type DeliveryStore = {
  list(tenantId: string, filter: DeliveryFilter, page: PageRequest): Promise<Positioned<Delivery>[]>
  find(tenantId: string, endpointId: string, deliveryId: string): Promise<FullDelivery | undefined>
  resend(tenantId: string, endpointId: string, deliveryId: string): Promise<Resent>
  /** Undefined when the endpoint was tested too often in the last minute. */
  test(tenantId: string, test: NewTest): Promise<Delivery | undefined>
}

/** As long as the webhooks service may hold a delivery that it attempts; what is due later than that, nobody holds. */
const longestClaim = sql`interval '60 seconds'`

/** Throws `DatabaseUnavailable`. */
export function createDeliveryStore(inTenant: InTenant): DeliveryStore {
  const { body: _, ...shown } = getTableColumns(webhookDelivery)
  const of = (tenantId: string, endpointId: string): SQL | undefined =>
    and(eq(webhookDelivery.tenantId, tenantId), eq(webhookDelivery.endpointId, endpointId))
  const one = (tenantId: string, endpointId: string, deliveryId: string) =>
    and(of(tenantId, endpointId), eq(webhookDelivery.deliveryId, deliveryId))

  return {
    list: (tenantId, { endpointId, status, type, since }, page) =>
      inTenant(tenantId, async (tx) => {
        const rows = await tx
          .select({ row: shown, key: exact(webhookDelivery.createdAt) })
          .from(webhookDelivery)
          .where(
            and(
              of(tenantId, endpointId),
              // Written out, so that every plan sees that the index of what did not succeed will do.
              status && sql`${webhookDelivery.status} = ${sql.raw(`'${status}'`)}`,
              type === undefined ? undefined : eq(webhookDelivery.eventType, type),
              since && gte(webhookDelivery.createdAt, since),
              after(webhookDelivery.createdAt, webhookDelivery.deliveryId, page.after),
            ),
          )
          .orderBy(desc(webhookDelivery.createdAt), desc(webhookDelivery.deliveryId))
          .limit(page.limit + 1)
        return rows.map(({ row, key }) => ({ item: present(row), position: { key, id: row.deliveryId } }))
      }),

    find: (tenantId, endpointId, deliveryId) =>
      inTenant(tenantId, async (tx) => {
        const [row] = await tx
          .select()
          .from(webhookDelivery)
          .where(one(tenantId, endpointId, deliveryId))
        if (!row) return undefined
        const attempts = await tx
          .select()
          .from(deliveryAttempt)
          .where(and(eq(deliveryAttempt.tenantId, tenantId), eq(deliveryAttempt.deliveryId, deliveryId)))
          .orderBy(desc(deliveryAttempt.attempt))
          .limit(maxAttemptsShown)
        return { delivery: present(row), body: row.body, attempts: attempts.map(presentAttempt) }
      }),

    resend: (tenantId, endpointId, deliveryId) =>
      inTenant(tenantId, async (tx): Promise<Resent> => {
        const [resent] = await tx
          .update(webhookDelivery)
          .set({
            status: 'pending',
            nextAttemptAt: sql`now()`,
            settledAt: null,
            resends: sql`${webhookDelivery.resends} + 1`,
            resentAt: sql`now()`,
            attemptsBefore: sql`${webhookDelivery.attempts}`,
          })
          .where(
            and(
              one(tenantId, endpointId, deliveryId),
              lt(webhookDelivery.resends, maxResends),
              or(isNotNull(webhookDelivery.settledAt), sql`${webhookDelivery.nextAttemptAt} > now() + ${longestClaim}`),
            ),
          )
          .returning(shown)
        if (resent) return { kind: 'resent', delivery: present(resent) }
        const [row] = await tx
          .select(shown)
          .from(webhookDelivery)
          .where(one(tenantId, endpointId, deliveryId))
        if (!row) return { kind: 'missing' }
        if (row.resends >= maxResends) return { kind: 'too-often' }
        return { kind: 'soon', nextAttemptAt: row.nextAttemptAt?.toISOString() ?? null }
      }),

    test: (tenantId, { deliveryId, endpointId, eventId, body }) =>
      inTenant(tenantId, async (tx) => {
        const [lately] = await tx
          .select({ tests: count() })
          .from(webhookDelivery)
          .where(
            and(
              of(tenantId, endpointId),
              eq(webhookDelivery.eventType, webhookTest),
              sql`${webhookDelivery.createdAt} > now() - interval '1 minute'`,
            ),
          )
        if ((lately?.tests ?? 0) >= maxTestsPerMinute) return undefined
        // By hand: Drizzle names every column, and of most of them this role may write none.
        await tx.execute(sql`
          insert into webhook_delivery (tenant_id, delivery_id, endpoint_id, event_id, event_type, body, status, next_attempt_at, created_at)
          values (${tenantId}, ${deliveryId}, ${endpointId}, ${eventId}, ${webhookTest}, ${body}, 'pending', now(), now())`)
        const [row] = await tx
          .select(shown)
          .from(webhookDelivery)
          .where(one(tenantId, endpointId, deliveryId))
        return row && present(row)
      }),
  }
}

const iso = (time: Date | null): string | null => time?.toISOString() ?? null

const present = (row: Omit<typeof webhookDelivery.$inferSelect, 'body'>): Delivery => ({
  id: row.deliveryId,
  event_id: row.eventId,
  event_type: row.eventType,
  session_id: row.sessionId,
  status: row.status,
  attempts: row.attempts,
  last_status_code: row.lastStatusCode,
  last_error: row.lastError,
  next_attempt_at: iso(row.nextAttemptAt),
  resends: row.resends,
  resent_at: iso(row.resentAt),
  created_at: row.createdAt.toISOString(),
  settled_at: iso(row.settledAt),
})

const presentAttempt = (row: typeof deliveryAttempt.$inferSelect): DeliveryAttempt => ({
  attempt: row.attempt,
  at: row.startedAt.toISOString(),
  duration_ms: row.durationMs,
  status_code: row.statusCode,
  error: row.error as (typeof attemptErrors)[number] | null,
  resend: row.resend,
  response_body: row.responseBody,
})
