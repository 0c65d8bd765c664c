import { z } from 'zod'
import { timestamp } from './party.ts'

const days = z
  .int({ error: 'Write a whole number of days, or null.' })
  .min(1, 'Keep for at least 1 day.')
  .nullable()
  .optional()
  .meta({ description: 'In days; null: as long as your plan allows.', example: 90 })

export const updateRetention = z
  .strictObject({ message_days: days, chat_days: days, webhook_delivery_days: days })
  .meta({ id: 'UpdateRetention', example: { message_days: 90 } })
export type UpdateRetention = z.infer<typeof updateRetention>

const chosen = z.int().nullable().meta({ description: 'What you chose, in days; null: as long as your plan allows.' })
const removed = timestamp.nullable().meta({ description: 'What is older was removed; null while nothing was.' })

export const retention = z
  .object({
    message_days: chosen,
    chat_days: chosen.meta({
      description: 'Since the last message of the chat. A chat stays as long as its messages.',
    }),
    webhook_delivery_days: chosen,
    max_days: z.int().meta({ description: 'As long as your plan allows.' }),
    messages_removed_before: removed,
    chats_removed_before: removed,
    webhook_deliveries_removed_before: removed,
    last_run_at: timestamp.nullable().meta({ description: 'When data were last looked through, which is once a day.' }),
    next_run_at: timestamp.nullable().meta({ description: 'Within a minute after a change.' }),
  })
  .meta({ id: 'Retention' })
export type Retention = z.infer<typeof retention>
