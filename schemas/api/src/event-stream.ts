// Query of GET /v1/events. The stream itself is text/event-stream: `id` is the position in the event stream, `event` the
// type, `data` the same JSON as a webhook's body; of a notice see notice.ts.
import { eventTypes } from '@wagate/messages/events.ts'
import { z } from 'zod'
import { notice, noticeTypes } from './notice.ts'
import { webhookPayload } from './webhook-payload.ts'

const oneOf = z.enum([...eventTypes, ...noticeTypes], {
  error: 'Write event types with commas between them, like "message.sent,message.received".',
})

export const eventsQuery = z.strictObject({
  types: z
    .string()
    .max(1_000)
    .transform((list) => list.split(','))
    .pipe(z.array(oneOf))
    .optional()
    .meta({ description: 'Only these types, with commas between them.', example: 'message.sent,message.received' }),
  session_id: z.string().max(64).optional().meta({ description: 'Only events of this session.' }),
})

export const eventsHeaders = z.object({
  'last-event-id': z
    .string()
    .regex(/^\d{1,15}$/, 'Send the `id` of the last event that you have, a whole number.')
    .optional()
    .meta({ description: 'Go on after this event. Without it the stream starts now.' }),
})

/** `data` of one message of the stream. */
export const liveEvent = z.union([webhookPayload, notice]).meta({ id: 'LiveEvent' })
