// Hands mails to the mail server, over a few connections that are kept open for a while.

import { pause } from '@wagate/runtime/pause.ts'
import { createTransport } from 'nodemailer'
import { outcomeOf, type SendOutcome } from './attempt.ts'
import type { OutgoingMail, SendMail } from './keep-sent.ts'
import type { MailFrom, SmtpAccess } from './smtp-url.ts'

export type SmtpSender = { send: SendMail; close: () => void }

export type SmtpOptions = {
  access: SmtpAccess
  from: MailFrom
  /** For one attempt in all, waiting for a connection included; default 60 s. */
  deadlineMs?: number
}

/** Without a mail server: everything waits, and can be sent when one is configured. */
export const noSmtp: SmtpSender = {
  send: async () => ({ kind: 'later', code: 'not_configured' }),
  close: () => {},
}

export function createSmtp({ access, from, deadlineMs = 60_000 }: SmtpOptions): SmtpSender {
  const { host, port, secure, starttls, login } = access
  const transport = createTransport({
    ...{ pool: true, host, port, secure, requireTLS: starttls === 'required', ignoreTLS: starttls === 'never' },
    ...(login ? { auth: login } : {}),
    maxConnections: 5,
    // A connection that ends under a mail is our back-off's matter, not the pool's.
    maxRequeues: 0,
    dnsTimeout: 10_000,
    connectionTimeout: 10_000,
    greetingTimeout: 20_000,
    // Also how long a connection is kept that has nothing to do: servers hang up later than that.
    socketTimeout: 30_000,
    // What a mail contains comes with it, never from a file or the network.
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const domain = from.address.slice(from.address.lastIndexOf('@') + 1)

  const hand = async ({ mailId, createdAtMs, to, subject, text, html }: OutgoingMail): Promise<SendOutcome> => {
    try {
      await transport.sendMail({
        ...{ from, subject, text, html },
        // As an object it is one address, whatever it looks like.
        to: { name: '', address: to },
        messageId: `<${mailId}@${domain}>`,
        date: new Date(createdAtMs),
        // RFC 3834; the second keeps Exchange from answering that somebody is on holiday.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
        xMailer: false,
      })
      return { kind: 'sent' }
    } catch (error) {
      return outcomeOf(error)
    }
  }

  return {
    async send(mail) {
      const over = new AbortController()
      const late = async (): Promise<SendOutcome> => {
        await pause(deadlineMs, over.signal)
        return { kind: 'later', code: 'timeout' }
      }
      const outcome = await Promise.race([hand(mail), late()])
      over.abort()
      return outcome
    },
    close: () => transport.close(),
  }
}
