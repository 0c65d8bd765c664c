import { eventTypes } from '@wagate/messages/events.ts'
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { mode, timestamp } from './party.ts'
import { text } from './text.ts'

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

/** `exhausted`: every attempt failed. `cancelled`: the endpoint was disabled or deleted meanwhile. */
export const deliveryStatuses = ['pending', 'delivered', 'exhausted', 'cancelled'] as const

export const delivery = z
  .object({
    id: z.string(),
    event_id: z.string().meta({ description: 'Also the `webhook-id` header of the delivery.' }),
    event_type: z.string(),
    session_id: z.string(),
    status: z.enum(deliveryStatuses),
    attempts: z.int(),
    last_status_code: z
      .int()
      .nullable()
      .meta({ description: 'HTTP status of the last attempt; null when there was none.' }),
    last_error: z.string().nullable(),
    next_attempt_at: timestamp.nullable(),
    created_at: timestamp,
    settled_at: timestamp.nullable(),
  })
  .meta({ id: 'Delivery' })
export type Delivery = z.infer<typeof delivery>

export const deliveriesQuery = z.strictObject({
  ...pageQuery,
  status: z.enum(deliveryStatuses, { error: 'Write pending, delivered, exhausted or cancelled.' }).optional(),
})
export const deliveryPage = page(delivery, 'DeliveryPage')
