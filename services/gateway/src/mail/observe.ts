// What operators see of outgoing mail: a line and a count per attempt, and what waits. Neither ever says to whom or what.
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { SendOutcome } from './attempt.ts'
import type { MailKind } from './mail.ts'
import type { TakenMail } from './outbox.ts'

/** `expired`: nobody took it in time. */
export type MailOutcome = SendOutcome | { kind: 'expired' }

export type MailObserver = ReturnType<typeof createMailObserver>

export function createMailObserver({ logger, metrics }: { logger: Logger; metrics: Metrics }) {
  const mails = metrics.counter('mails_total', 'Mails by what became of an attempt to send them', ['outcome'])
  const waiting = metrics.gauge('mails_waiting', 'Mails that no mail server has accepted yet, of all gateways')
  const oldest = metrics.gauge('mails_oldest_seconds', 'Age of the oldest of them')
  const configured = metrics.gauge('mail_server_configured', '1 when SMTP_URL is set; without it no mail leaves')
  return {
    started(isConfigured: boolean): void {
      configured.set(isConfigured ? 1 : 0)
      if (isConfigured) return
      logger.warn({ event: 'mail.not_configured' }, 'SMTP_URL is not set: mails wait for a day and are dropped')
    },
    attempted({ mailId, kind, attempt }: TakenMail, outcome: MailOutcome, durationMs: number): void {
      mails.inc({ outcome: outcome.kind })
      const { kind: became, ...why } = outcome
      const line = { event: 'mail.attempted', mailId, kind, attempt, outcome: became, ...why, durationMs }
      if (became === 'sent') logger.info(line)
      else if (became === 'later') logger.warn(line)
      else logger.error(line, 'a mail was dropped')
    },
    full(kind: MailKind): void {
      mails.inc({ outcome: 'full' })
      logger.error({ event: 'mail.outbox_full', kind }, 'too many mails wait: a mail was dropped')
    },
    unstored(kind: MailKind): void {
      mails.inc({ outcome: 'unstored' })
      logger.error({ event: 'mail.not_stored', kind }, 'a mail could not be stored')
    },
    waiting(now: { count: number; oldestSeconds: number }): void {
      waiting.set(now.count)
      oldest.set(now.oldestSeconds)
    },
  }
}
