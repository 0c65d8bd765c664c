// Sends what waits in the outbox until the process stops. Any number of gateways do so at once: each mail is one's at a time.
import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { retryAfterMs, type SendOutcome } from './attempt.ts'
import type { MailObserver } from './observe.ts'
import type { MailContent, MailOutbox, TakenMail } from './outbox.ts'

export type OutgoingMail = MailContent & { mailId: string; createdAtMs: number }
/** Never throws, and ends within the claim. */
export type SendMail = (mail: OutgoingMail) => Promise<SendOutcome>

export type KeepMailSentDeps = {
  outbox: Pick<MailOutbox, 'take' | 'remove' | 'putOff' | 'waiting' | 'nextQueued'>
  send: SendMail
  observer: Pick<MailObserver, 'attempted' | 'waiting'>
  logger: Logger
  random: () => number
  /** Default `retryAfterMs`. */
  retryAfter?: typeof retryAfterMs
  /** How often to look for what other gateways queued or put off; default 5 s. */
  pollMs?: number
}

const batch = 10
/** Longer than any attempt lasts, and how late a mail is that a gateway died over. */
const claimMs = 180_000
/** What is under way when the process stops may take so long; what takes longer is another gateway's after its claim. */
const graceMs = 10_000

/** Takes and sends until the signal aborts. Outages are waited out. */
export async function keepMailSent(deps: KeepMailSentDeps, signal: AbortSignal): Promise<void> {
  const { outbox, observer, logger, pollMs = 5_000 } = deps
  while (!signal.aborted) {
    let taken: TakenMail[] = []
    try {
      taken = await outbox.take(batch, claimMs)
      await withinGrace(Promise.all(taken.map((mail) => deliver(deps, mail, signal))), signal)
      observer.waiting(await outbox.waiting())
    } catch (error) {
      if (error instanceof DatabaseUnavailable) logger.debug({ event: 'mail.skipped' })
      else logger.error({ event: 'mail.failed', err: error })
    }
    if (taken.length === 0) await outbox.nextQueued(pollMs, signal)
  }
}

async function deliver(deps: KeepMailSentDeps, mail: TakenMail, signal: AbortSignal): Promise<void> {
  const { outbox, observer, random, retryAfter = retryAfterMs } = deps
  const startedMs = performance.now()
  const outcome = mail.expired ? ({ kind: 'expired' } as const) : await attempt(deps.send, mail)
  observer.attempted(mail, outcome, Math.round(performance.now() - startedMs))
  const settle = (): Promise<void> =>
    outcome.kind === 'later'
      ? outbox.putOff(mail, retryAfter(mail.attempt, random()), outcome.code)
      : outbox.remove(mail.mailId)
  await untilStored(settle, signal)
}

async function attempt(send: SendMail, { mailId, content, createdAtMs }: TakenMail): Promise<SendOutcome> {
  if (!content) return { kind: 'later', code: 'unreadable' }
  return send({ ...content, mailId, createdAtMs })
}

/** A mail that was sent must not be sent again because the database is away just now. */
async function untilStored(settle: () => Promise<void>, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      return await settle()
    } catch (error) {
      if (!(error instanceof DatabaseUnavailable) || signal.aborted) throw error
      await pause(500, signal)
    }
  }
}

/** Resolves with the work, or `graceMs` after the signal has aborted. */
async function withinGrace(work: Promise<unknown>, signal: AbortSignal): Promise<void> {
  const over = new AbortController()
  const late = async () => {
    await pause(2 ** 31 - 1, AbortSignal.any([signal, over.signal]))
    await pause(graceMs, over.signal)
  }
  try {
    await Promise.race([work, late()])
  } finally {
    over.abort()
  }
}
