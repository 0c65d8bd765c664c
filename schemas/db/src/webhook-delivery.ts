import { sql } from 'drizzle-orm'
import {
  bigint,
  index,
  integer,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  uniqueIndex,
} from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/** `exhausted`: every attempt of the schedule failed. `cancelled`: the endpoint was disabled or deleted meanwhile. */
export const deliveryStatuses = ['pending', 'delivered', 'exhausted', 'cancelled'] as const

/**
 * One row per event and endpoint: what must be delivered, and how that went. Written by the webhooks service; the gateway adds tests of
 * an endpoint and makes deliveries due again that somebody wants resent.
 */
export const webhookDelivery = pgTable(
  'webhook_delivery',
  {
    tenantId: text('tenant_id').notNull(),
    deliveryId: text('delivery_id').notNull(),
    endpointId: text('endpoint_id').notNull(),
    /** Also the `webhook-id` header: the same for every attempt and every endpoint. */
    eventId: text('event_id').notNull(),
    eventType: text('event_type').notNull(),
    /** Null for a test, which is about no session and is in no stream. */
    sessionId: text('session_id'),
    streamSeq: bigint('stream_seq', { mode: 'number' }),
    /** The request body, byte for byte the same in every attempt. */
    body: text('body').notNull(),
    status: text('status', { enum: deliveryStatuses }).notNull(),
    /** Attempts that ended. */
    attempts: smallint('attempts').notNull().default(0),
    /**
     * From when a copy of the service may take it. While one copy has it, this is the end of that claim, so a copy that
     * died is replaced then. Null once the delivery is settled.
     */
    nextAttemptAt: instant('next_attempt_at'),
    /** How the last attempt ended: an HTTP status, or an error code of `delivery_attempt`. */
    lastStatusCode: integer('last_status_code'),
    lastError: text('last_error'),
    /** How often it was resent by hand, and when last; at most `maxResends`. */
    resends: smallint('resends').notNull().default(0),
    resentAt: instant('resent_at'),
    /** Attempts that had ended when it was last resent: the schedule begins anew behind them. */
    attemptsBefore: smallint('attempts_before').notNull().default(0),
    createdAt: instant('created_at').notNull().defaultNow(),
    settledAt: instant('settled_at'),
  },
  (delivery) => [
    primaryKey({ columns: [delivery.tenantId, delivery.deliveryId] }),
    uniqueIndex('webhook_delivery_event').on(delivery.tenantId, delivery.endpointId, delivery.eventId),
    index('webhook_delivery_newest').on(
      delivery.tenantId,
      delivery.endpointId,
      sql`${delivery.createdAt} desc`,
      sql`${delivery.deliveryId} desc`,
    ),
    index('webhook_delivery_due')
      .on(delivery.tenantId, delivery.endpointId, delivery.nextAttemptAt)
      .where(sql`${delivery.status} = 'pending'`),
    /** What people look for; a delivery that succeeds never enters it. */
    index('webhook_delivery_unsuccessful')
      .on(
        delivery.tenantId,
        delivery.endpointId,
        delivery.status,
        sql`${delivery.createdAt} desc`,
        sql`${delivery.deliveryId} desc`,
      )
      .where(sql`${delivery.status} in ('exhausted', 'cancelled')`),
  ],
)

/** One row per HTTP request made for a delivery. */
export const deliveryAttempt = pgTable(
  'delivery_attempt',
  {
    tenantId: text('tenant_id').notNull(),
    deliveryId: text('delivery_id').notNull(),
    /** From 1. */
    attempt: smallint('attempt').notNull(),
    startedAt: instant('started_at').notNull(),
    durationMs: integer('duration_ms').notNull(),
    /** Null when no response arrived. */
    statusCode: integer('status_code'),
    /** Why it failed: `status`, `redirect`, `timeout`, `dns`, `connect`, `tls`, `address_not_allowed`, `response`. Null on success. */
    error: text('error'),
    /** Which resend it belongs to; 0: the first schedule. */
    resend: smallint('resend').notNull().default(0),
    /** The beginning of the response, if that was text and no success: what its owner needs to mend it. */
    responseBody: text('response_body'),
  },
  (attempt) => [primaryKey({ columns: [attempt.tenantId, attempt.deliveryId, attempt.attempt] })],
)
