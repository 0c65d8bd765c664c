import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/** Where a message came from: sent through Wagate, received, or written on the account's own phone. */
export const messageDirections = ['out', 'in', 'out_by_phone'] as const

/**
 * Messages as their events tell them. Partitioned by month of `created_at`, which is the time of the message id: a reader
 * that has the id passes both, and only one partition is touched. Written by the projector only.
 */
export const messageView = pgTable(
  'message_view',
  {
    tenantId: text('tenant_id').notNull(),
    messageId: text('message_id').notNull(),
    /** The time of the message id, in ms. Never anything else: it is part of the key. */
    createdAt: instant('created_at').notNull(),
    sessionId: text('session_id').notNull(),
    chatId: text('chat_id').notNull(),
    direction: text('direction', { enum: messageDirections }).notNull(),
    /** The counterpart as the event knew it. */
    chatPhone: text('chat_phone'),
    chatLid: text('chat_lid'),
    /** The sender of a received message; null for what this account wrote. */
    fromPhone: text('from_phone'),
    fromLid: text('from_lid'),
    type: text('type').notNull(),
    /** The message's `content`: `{type, <type>: {…}}`. */
    content: jsonb('content').notNull(),
    /** `received` for messages of others; else a message state, which never moves back. */
    state: text('state', {
      enum: ['received', 'unknown', 'sent', 'delivered', 'read', 'played', 'failed', 'cancelled', 'expired'],
    }).notNull(),
    waMessageId: text('wa_message_id'),
    /** Set when the message failed: a code of the closed list, and a sentence for the customer. */
    errorCode: text('error_code'),
    errorDetail: text('error_detail'),
    /** When the gateway took it; null unless direction is `out`. */
    acceptedAt: instant('accepted_at'),
    /** When WhatsApp took it, whoever wrote it. */
    sentAt: instant('sent_at'),
    deliveredAt: instant('delivered_at'),
    readAt: instant('read_at'),
    playedAt: instant('played_at'),
    failedAt: instant('failed_at'),
    cancelledAt: instant('cancelled_at'),
    expiredAt: instant('expired_at'),
    streamSeq: bigint('stream_seq', { mode: 'number' }).notNull(),
  },
  (message) => [
    primaryKey({ columns: [message.tenantId, message.messageId, message.createdAt] }),
    index('message_view_of_session').on(
      message.tenantId,
      message.sessionId,
      sql`${message.createdAt} desc`,
      sql`${message.messageId} desc`,
    ),
    index('message_view_of_chat').on(
      message.tenantId,
      message.chatId,
      sql`${message.createdAt} desc`,
      sql`${message.messageId} desc`,
    ),
    /** Receipts of messages that were not sent through Wagate name only WhatsApp's id. */
    index('message_view_wa_message_id').on(message.tenantId, message.sessionId, message.waMessageId),
  ],
)
