import { eventTypes } from '@wagate/messages/events.ts'
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { mode, timestamp } from './party.ts'
import { text } from './text.ts'
import { webhookTest } from './webhook-payload.ts'

const url = z
  .string({ error: 'Write the address as text.' })
  .max(2_048, 'Use at most 2,048 characters.')
  .meta({ description: 'https only, and a public address.', example: 'https://example.com/wagate' })
const eventType = z.enum(eventTypes, { error: 'Write one of the event types, like "message.received".' })
const types = z
  .array(eventType, { error: 'Write a list of event types, like ["message.received"].' })
  .max(eventTypes.length, 'Name each type once.')
  .meta({ description: 'Which events to deliver; an empty list means all of them.', example: ['message.received'] })
const description = text({ min: 0, max: 200, sentence: 'Write the description as text.' })

export const createWebhook = z
  .strictObject({
    url,
    event_types: types.default([]),
    description: description.nullable().default(null),
  })
  .meta({ id: 'CreateWebhook', example: { url: 'https://example.com/wagate', event_types: ['message.received'] } })
export type CreateWebhook = z.input<typeof createWebhook>

export const updateWebhook = z
  .strictObject({
    url: url.optional(),
    event_types: types.optional(),
    description: description.nullable().optional(),
    enabled: z.boolean({ error: 'Write true or false.' }).optional(),
  })
  .meta({ id: 'UpdateWebhook', example: { enabled: false } })
export type UpdateWebhook = z.infer<typeof updateWebhook>

const fields = {
  id: z.string().meta({ example: 'whe_01KAH2Z6W4V8D9Q3N5R7T1XYZC' }),
  url: z.string(),
  event_types: z.array(z.string()),
  mode: mode.meta({
    description: 'Of the key that made it: a test endpoint gets the events of test sessions, a live one of live ones.',
  }),
  description: z.string().nullable(),
  enabled: z.boolean(),
  disabled_reason: z
    .enum(['gone', 'by_user'])
    .nullable()
    .meta({ description: '`gone`: the address answered 410. Null while it is enabled.' }),
  created_at: timestamp,
  updated_at: timestamp,
}
const secret = z.string().meta({
  description: 'Signs the deliveries (Standard Webhooks). Shown only here: store it.',
  example: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
})

export const webhook = z.object(fields).meta({ id: 'Webhook' })
export type Webhook = z.infer<typeof webhook>

export const webhookWithSecret = z.object({ ...fields, secret }).meta({ id: 'WebhookWithSecret' })
export type WebhookWithSecret = z.infer<typeof webhookWithSecret>

export const webhooksQuery = z.strictObject(pageQuery)
export const webhookPage = page(webhook, 'WebhookPage')

/** A test or a resend that was asked for counts as done when this many were: per endpoint in a minute, and per delivery. */
export const maxTestsPerMinute = 10
export const maxResends = 50
/** Attempts that one answer shows, newest first. */
export const maxAttemptsShown = 50

/** `exhausted`: every attempt failed. `cancelled`: the endpoint was disabled or deleted meanwhile. */
export const deliveryStatuses = ['pending', 'delivered', 'exhausted', 'cancelled'] as const

export const delivery = z
  .object({
    id: z.string(),
    event_id: z.string().meta({ description: 'Also the `webhook-id` header of the delivery.' }),
    event_type: z.string().meta({ description: '`webhook.test` for a test of the endpoint.' }),
    session_id: z.string().nullable().meta({ description: 'Null for a test.' }),
    status: z.enum(deliveryStatuses),
    attempts: z.int(),
    last_status_code: z
      .int()
      .nullable()
      .meta({ description: 'HTTP status of the last attempt; null when there was none.' }),
    last_error: z.string().nullable(),
    next_attempt_at: timestamp.nullable(),
    resends: z.int().meta({ description: 'How often it was resent by hand.' }),
    resent_at: timestamp.nullable(),
    created_at: timestamp,
    settled_at: timestamp.nullable(),
  })
  .meta({ id: 'Delivery' })
export type Delivery = z.infer<typeof delivery>

/** Why an attempt failed; the dashboard has words for each. */
export const attemptErrors = [
  'status',
  'redirect',
  'timeout',
  'dns',
  'connect',
  'tls',
  'address_not_allowed',
  'response',
  'secret',
] as const

export const attempt = z
  .object({
    attempt: z.int().meta({ description: 'From 1, over all resends.' }),
    at: timestamp,
    duration_ms: z.int(),
    status_code: z.int().nullable().meta({ description: 'Null when no response came.' }),
    error: z.enum(attemptErrors).nullable().meta({
      description:
        'Null when it succeeded. `status`: another status than 2xx; `redirect`: 3xx, which is not followed; `response`: not HTTP; `secret`: ours, your secret could not be opened.',
    }),
    resend: z.int().meta({ description: 'Which resend it was made for; 0: none, it is of the first schedule.' }),
    response_body: z
      .string()
      .nullable()
      .meta({ description: 'The first 2 kB of a response that was text and no success. Support does not see it.' }),
  })
  .meta({ id: 'DeliveryAttempt' })
export type DeliveryAttempt = z.infer<typeof attempt>

export const deliveryDetail = z
  .object({
    ...delivery.shape,
    attempt_log: z.array(attempt).meta({ description: `Newest first, ${maxAttemptsShown} at most.` }),
    payload: z.unknown().meta({
      description: 'The JSON that is posted. Null unless the caller also has `messages:read`: it may hold messages.',
    }),
  })
  .meta({ id: 'DeliveryDetail' })
export type DeliveryDetail = z.infer<typeof deliveryDetail>

export const deliveriesQuery = z.strictObject({
  ...pageQuery,
  type: z.enum([...eventTypes, webhookTest], { error: 'Write one event type, like "message.received".' }).optional(),
  since: z.iso
    .datetime({ offset: true, error: 'Write a time, like "2026-11-20T12:00:00Z".' })
    .optional()
    .meta({ description: 'Only deliveries that were made at this time or later.' }),
  status: z.enum(deliveryStatuses, { error: 'Write pending, delivered, exhausted or cancelled.' }).optional(),
})
export type DeliveriesQuery = Partial<z.infer<typeof deliveriesQuery>>
export const deliveryPage = page(delivery, 'DeliveryPage')
