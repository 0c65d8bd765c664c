import { pgTable, primaryKey, text, timestamp, uniqueIndex } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/** Texts that a team keeps at hand, in both modes alike. Written by gateways. */
export const quickReply = pgTable(
  'quick_reply',
  {
    tenantId: text('tenant_id').notNull(),
    replyId: text('reply_id').notNull(),
    /** What is typed to find it: small letters, digits and hyphens. */
    shortcut: text('shortcut').notNull(),
    text: text('text').notNull(),
    createdAt: instant('created_at').notNull(),
    updatedAt: instant('updated_at').notNull(),
  },
  (reply) => [
    primaryKey({ columns: [reply.tenantId, reply.replyId] }),
    uniqueIndex('quick_reply_shortcut').on(reply.tenantId, reply.shortcut),
  ],
)
