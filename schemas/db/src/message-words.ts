import { customType, index, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

const tsvector = customType<{ data: string }>({ dataType: () => 'tsvector' })

/**
 * The words of each message, for search: beside message_view, whose rows change with every receipt and would take them along.
 * Partitioned as that is. Written by the projector only, once for each message.
 */
export const messageWords = pgTable(
  'message_words',
  {
    tenantId: text('tenant_id').notNull(),
    messageId: text('message_id').notNull(),
    createdAt: timestamp('created_at', { withTimezone: true }).notNull(),
    sessionId: text('session_id').notNull(),
    /** Each begins with the `wordScope` of tenant and mode: the index is everybody's. */
    words: tsvector('words').notNull(),
  },
  (message) => [
    /** By time: what is new is looked through before the index of words is asked. */
    primaryKey({ columns: [message.tenantId, message.createdAt, message.messageId] }),
    index('message_words_words').using('gin', message.words),
  ],
)
