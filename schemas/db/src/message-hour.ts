import { bigint, pgTable, primaryKey, text, timestamp } from 'drizzle-orm/pg-core'

/** How many messages of the hour came so far. */
const amount = (name: string) => bigint(name, { mode: 'number' }).notNull().default(0)

/**
 * What became of the messages of each hour (UTC): what charts and delivery rates are summed from. A message belongs to the hour in which it
 * was accepted, received or written, whenever its receipts come: so of an hour's messages no more can be read than were sent. One row per
 * session and hour, so that a row has one shard as its writer, and a rebuild can tell which rows EVENTS still covers. Kept for 93 days.
 * Written by the projector only.
 */
export const messageHour = pgTable(
  'message_hour',
  {
    tenantId: text('tenant_id').notNull(),
    hour: timestamp('hour', { withTimezone: true }).notNull(),
    sessionId: text('session_id').notNull(),
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
    /** Of those sent through Wagate, told by receipts. */
    delivered: amount('delivered'),
    read: amount('read'),
    played: amount('played'),
    /** The session's own number of the first event that is counted here: while EVENTS has that one, the row can be counted again. */
    firstSequence: bigint('first_sequence', { mode: 'number' }).notNull(),
    /** Position in EVENTS of the last event that is counted here. */
    streamSeq: bigint('stream_seq', { mode: 'number' }).notNull(),
  },
  (hours) => [primaryKey({ columns: [hours.tenantId, hours.hour, hours.sessionId] })],
)
