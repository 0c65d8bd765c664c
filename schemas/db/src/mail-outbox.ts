import { customType, index, pgTable, smallint, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })
const bytes = customType<{ data: Uint8Array }>({ dataType: () => 'bytea' })

/**
 * Mails to people that no mail server has accepted yet; a row goes when one has, when it refused, or at `expires_at`. Written and
 * sent by the gateways. Exempt from row-level security: a mail is to a person, who may belong to no tenant or to several.
 */
export const mailOutbox = pgTable(
  'mail_outbox',
  {
    /** The Message-ID is made of it, so that what is sent again after a crash is the same message. */
    mailId: text('mail_id').primaryKey(),
    /** Which template, such as `verify_email`: for people who look at what waits. */
    kind: text('kind').notNull(),
    /** Recipient, subject and body as JSON, sealed with AES-256-GCM under the key `content_kek_id`; AAD `mail|<mail id>`. It holds links that let in. */
    contentIv: bytes('content_iv').notNull(),
    contentCiphertext: bytes('content_ciphertext').notNull(),
    contentTag: bytes('content_tag').notNull(),
    contentKekId: text('content_kek_id').notNull(),
    /** Attempts that began. */
    attempts: smallint('attempts').notNull().default(0),
    /** From when a gateway may take it. While one has it, the end of that claim, so a gateway that died is replaced then. */
    nextAttemptAt: instant('next_attempt_at').notNull().defaultNow(),
    /** When it is dropped unsent: after a day, or when its link has run out. */
    expiresAt: instant('expires_at').notNull(),
    /** How the last attempt failed, as a code: `ESOCKET`, `RCPT TO 451`. */
    lastError: text('last_error'),
    createdAt: instant('created_at').notNull().defaultNow(),
  },
  (mail) => [index('mail_outbox_due').on(mail.nextAttemptAt)],
)
