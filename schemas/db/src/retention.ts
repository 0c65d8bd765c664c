import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/**
 * How long a tenant's data are kept, and up to when they were removed. The gateway writes the days (null: as long as the plan
 * allows), the scheduler the times, before it removes anything: a rebuild of the views brings nothing back that is older.
 */
export const retention = pgTable('retention', {
  tenantId: text('tenant_id').primaryKey(),
  messageDays: integer('message_days'),
  /** Since a chat's last message; never less than its messages. */
  chatDays: integer('chat_days'),
  deliveryDays: integer('delivery_days'),
  messagesBefore: instant('messages_before'),
  chatsBefore: instant('chats_before'),
  deliveriesBefore: instant('deliveries_before'),
  updatedAt: instant('updated_at').notNull().defaultNow(),
})
