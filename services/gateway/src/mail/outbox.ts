// Mails on their way out, in Postgres: stored at once, taken by whichever gateway comes first, gone when a mail server has them.
import type { NewId } from '@wagate/messages/ids.ts'
import { orUnavailable, type Sql } from '@wagate/runtime/postgres.ts'
import { type MasterKey, openSecret, type Sealed, sealSecret } from '@wagate/runtime/seal.ts'
import { z } from 'zod'
import { createBell } from './bell.ts'
import type { Mail, MailKind, QueueMail } from './mail.ts'
import { renderMail } from './render.ts'

const mailContent = z.object({ to: z.string(), subject: z.string(), text: z.string(), html: z.string() })
export type MailContent = z.infer<typeof mailContent>

export type TakenMail = {
  mailId: string
  kind: MailKind
  /** From 1. */
  attempt: number
  /** Undefined when no master key here opens it. */
  content: MailContent | undefined
  /** When it was queued, in ms since 1970. */
  createdAtMs: number
  /** Too old to be of use to its reader. */
  expired: boolean
}

export type MailOutboxDeps = {
  sql: Sql
  masterKey: MasterKey
  newId: NewId
  /** Told of a mail that was dropped because too many wait. */
  onFull: (kind: MailKind) => void
  /** Told of a mail that could not be stored; whoever queued it is told as well. */
  onUnstored: (kind: MailKind) => void
  /** Mails that may wait; default 10,000. */
  capacity?: number
}

export type MailOutbox = ReturnType<typeof createMailOutbox>

const minuteMs = 60_000
const dayMs = 24 * 60 * minuteMs
const deadlineMs = 4_000
const pageSize = 500

/** Every call throws `DatabaseUnavailable` while the database is away. */
export function createMailOutbox({ sql, masterKey, newId, onFull, onUnstored, capacity = 10_000 }: MailOutboxDeps) {
  const bell = createBell()

  const queue: QueueMail = async (mail) => {
    const mailId = newId('mail')
    const content: MailContent = { to: addressOf(mail), ...renderMail(mail) }
    const sealed = sealSecret(masterKey, placeOf(mailId), JSON.stringify(content))
    const inserted = await orUnavailable(
      () => sql`
        insert into mail_outbox
          (mail_id, kind, content_iv, content_ciphertext, content_tag, content_kek_id, expires_at)
        select ${mailId}::text, ${mail.kind}::text, ${sealed.iv}::bytea, ${sealed.ciphertext}::bytea, ${sealed.tag}::bytea,
          ${sealed.kekId}::text, now() + make_interval(secs => ${usefulMs(mail) / 1_000})
        where (select count(*) from (select from mail_outbox limit ${capacity}) waiting) < ${capacity}`,
      deadlineMs,
    ).catch((error: unknown) => {
      onUnstored(mail.kind)
      throw error
    })
    // No error for the caller: whoever may not learn whether an address is known would learn it from that.
    if (inserted.count === 0) onFull(mail.kind)
    else bell.ring()
  }

  return {
    queue,

    /** Sleeps until a mail is queued in this process; no longer than `ms`. */
    nextQueued: (ms: number, signal: AbortSignal): Promise<void> => bell.sleep(ms, signal),

    /** Takes due mails, the one that is due longest first. For `claimMs` nobody else gets them. */
    async take(limit: number, claimMs: number): Promise<TakenMail[]> {
      const rows = await orUnavailable(
        () => sql<TakenRow[]>`
          with due as materialized (
            select mail_id from mail_outbox where next_attempt_at <= now()
            order by next_attempt_at limit ${limit} for update skip locked)
          update mail_outbox m
          set attempts = attempts + 1, next_attempt_at = now() + make_interval(secs => ${claimMs / 1_000})
          from due where m.mail_id = due.mail_id
          returning m.mail_id as "mailId", kind, attempts as attempt, content_iv as iv, content_ciphertext as ciphertext,
            content_tag as tag, content_kek_id as "kekId", expires_at <= now() as expired,
            (extract(epoch from created_at) * 1000)::float8 as "createdAtMs"`,
        deadlineMs,
      )
      return rows.map(({ mailId, kind, attempt, createdAtMs, expired, ...sealed }) => ({
        ...{ mailId, kind, attempt, createdAtMs, expired },
        content: open(masterKey, mailId, sealed),
      }))
    },

    /** It is sent, or never will be. */
    async remove(mailId: string): Promise<void> {
      await orUnavailable(() => sql`delete from mail_outbox where mail_id = ${mailId}`, deadlineMs)
    },

    /** Of all that wait, whatever they say. One that a mail server is being handed just now is sent all the same. */
    async removeTo(recipient: string): Promise<void> {
      for (let after = ''; ; ) {
        const rows = await orUnavailable(
          () => sql<({ mailId: string } & Sealed)[]>`
            select mail_id as "mailId", content_iv as iv, content_ciphertext as ciphertext, content_tag as tag,
              content_kek_id as "kekId"
            from mail_outbox where mail_id > ${after} order by mail_id limit ${pageSize}`,
          deadlineMs,
        )
        const theirs = rows.filter(({ mailId, ...sealed }) => open(masterKey, mailId, sealed)?.to === recipient)
        const ids = theirs.map(({ mailId }) => mailId)
        if (ids.length > 0)
          await orUnavailable(() => sql`delete from mail_outbox where mail_id in ${sql(ids)}`, deadlineMs)
        const last = rows.at(-1)
        if (!last || rows.length < pageSize) return
        after = last.mailId
      }
    },

    /** Due again after so long, and at the latest when it expires. Does nothing when another gateway took it meanwhile. */
    async putOff({ mailId, attempt }: TakenMail, afterMs: number, code: string): Promise<void> {
      await orUnavailable(
        () => sql`
          update mail_outbox
          set next_attempt_at = least(now() + make_interval(secs => ${afterMs / 1_000}), expires_at), last_error = ${code}
          where mail_id = ${mailId} and attempts = ${attempt}`,
        deadlineMs,
      )
    },

    async waiting(): Promise<{ count: number; oldestSeconds: number }> {
      const [row] = await orUnavailable(
        () => sql<{ count: number; oldestSeconds: number }[]>`
          select count(*)::int as count, coalesce(extract(epoch from now() - min(created_at)), 0)::float8 as "oldestSeconds"
          from mail_outbox`,
        deadlineMs,
      )
      return row ?? { count: 0, oldestSeconds: 0 }
    },
  }
}

type TakenRow = Omit<TakenMail, 'content'> & Sealed

const placeOf = (mailId: string): string => `mail|${mailId}`

function open(masterKey: MasterKey, mailId: string, sealed: Sealed): MailContent | undefined {
  try {
    return mailContent.parse(JSON.parse(openSecret(masterKey, placeOf(mailId), sealed)))
  } catch {
    return undefined
  }
}

/** How long the mail is of use: a link that has run out only puzzles its reader. */
function usefulMs(mail: Mail): number {
  const ownMs = 'validMinutes' in mail ? mail.validMinutes * minuteMs : dayMs
  return Math.min(ownMs, dayMs)
}

const address = /^[^\s@<>()[\]\\,;:"]{1,64}@[^\s@<>()[\]\\,;:"]{1,255}$/

/**
 * One address and nothing that a mail header or SMTP would read as more.
 * @throws RangeError, without the address: errors are logged
 */
function addressOf({ to }: Mail): string {
  if (!address.test(to)) throw new RangeError('a mail goes to one plain address')
  return to
}
