import { bigint, date, pgTable, primaryKey, text } from 'drizzle-orm/pg-core'

/** How many events of a kind there were, or how many bytes they told of. */
const amount = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0)

/**
 * What each session did on each day (UTC, by the `time` of its events): the meter that bills and charts are summed from. One row per
 * session, day and type of message, so that a row has one shard as its writer, and a rebuild can tell which rows EVENTS still covers.
 * Written by the projector only.
 */
export const usageDay = pgTable(
  'usage_day',
  {
    tenantId: text('tenant_id').notNull(),
    day: date('day', { mode: 'string' }).notNull(),
    sessionId: text('session_id').notNull(),
    /** The `type` of the messages that are counted here; '' for receipts, which do not tell it. */
    messageType: text('message_type').notNull(),
    /** The session's. */
    mode: text('mode', { enum: ['test', 'live'] }).notNull(),
    /** Sent through Wagate, and taken by WhatsApp. */
    sent: amount('sent'),
    /** Written on the account's own phone, or on another of its linked devices. */
    sentByPhone: amount('sent_by_phone'),
    received: amount('received'),
    failed: amount('failed'),
    /** They may have been sent; those that turn out to be are counted as sent too. */
    unconfirmed: amount('unconfirmed'),
    cancelled: amount('cancelled'),
    expired: amount('expired'),
    /** Receipts, on the day on which they came, of messages that were sent through Wagate. */
    delivered: amount('delivered'),
    read: amount('read'),
    played: amount('played'),
    mediaBytesSent: amount('media_bytes_sent'),
    mediaBytesReceived: amount('media_bytes_received'),
    /** The session's own number of the first event that is counted here: while EVENTS has that one, the row can be counted again. */
    firstSequence: bigint('first_sequence', { mode: 'number' }).notNull(),
    /** Position in EVENTS of the last event that is counted here. */
    streamSeq: bigint('stream_seq', { mode: 'number' }).notNull(),
  },
  (usage) => [primaryKey({ columns: [usage.tenantId, usage.day, usage.sessionId, usage.messageType] })],
)
