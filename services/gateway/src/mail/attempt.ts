// What became of an attempt to send a mail, and when the next one is. Pure.
import { backoffMs } from '@wagate/runtime/backoff.ts'

/**
 * `code` is for logs and the table, `ESOCKET` or `RCPT TO 550`; `reason` is what our side of the connection says. Neither holds an
 * address: what a mail server answers is left out, because it quotes them.
 */
export type SendOutcome =
  | { kind: 'sent' }
  /** It will never be taken: the recipient or the content is refused. */
  | { kind: 'refused'; code: string }
  | { kind: 'later'; code: string; reason?: string }

const seconds = 1_000
const minutes = 60 * seconds

/** 5 s, doubling to 10 min, each ± 20 %. `attempt` counts from 1; `random` is in [0, 1). */
export const retryAfterMs = (attempt: number, random: number): number =>
  backoffMs(attempt, random, { baseMs: 5 * seconds, capMs: 10 * minutes })

/** Asks for credentials or TLS, at whatever command. */
const aboutUs: readonly number[] = [530, 534, 535, 538]

/**
 * Reads what nodemailer throws. Only a 5xx to the recipient or to the content is about this mail; a refusal of the connection, of
 * our certificate, credentials or sender is about our settings, and costs no mail: all of them wait until it is mended.
 */
export function outcomeOf(error: unknown): Exclude<SendOutcome, { kind: 'sent' }> {
  const { code = 'unknown', command = '', responseCode = 0, message = '' } = fieldsOf(error)
  if (responseCode > 0) {
    const aboutTheMail = responseCode >= 500 && /^(RCPT TO|DATA)$/.test(command) && !aboutUs.includes(responseCode)
    return { kind: aboutTheMail ? 'refused' : 'later', code: `${command} ${responseCode}`.trim() }
  }
  // Nodemailer itself found the address or the message impossible.
  if (code === 'EENVELOPE' || code === 'EMESSAGE') return { kind: 'refused', code }
  return command === 'CONN' ? { kind: 'later', code, reason: message } : { kind: 'later', code }
}

function fieldsOf(error: unknown): { code?: string; command?: string; responseCode?: number; message?: string } {
  if (!(error instanceof Error)) return {}
  return {
    message: error.message,
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...('command' in error && typeof error.command === 'string' ? { command: error.command } : {}),
    ...('responseCode' in error && typeof error.responseCode === 'number' ? { responseCode: error.responseCode } : {}),
  }
}
