// A message of DEAD_LETTERS: what its headers say of where it was and why it is here. Its contents are never shown.
import type { DeadLetter } from '@wagate/api/dead-letter.ts'
import { poisonCause } from '@wagate/messages/commands.ts'
import { addressOf, noSession } from '@wagate/messages/subjects.ts'
import type { StoredMessage } from '@wagate/runtime/broker.ts'
import { z } from 'zod'

export const deadLetters = 'DEAD_LETTERS'

export type Letter = {
  sequence: number
  at: Date
  stream: string
  consumer: string
  /** Undefined of what names no command or event. */
  type: string | undefined
  tenantId: string | undefined
  sessionId: string | undefined
  cause: string
  attempts: number | undefined
  storedAt: Date | undefined
  /** Where it was; empty of a notice of the broker's own. */
  subject: string
}

/** The broker's own word that a message was handed out as often as a consumer allows; of ours none has such a limit. */
const advisory = z.object({ stream: z.string(), consumer: z.string(), deliveries: z.number() })
const advisorySubject = '$JS.EVENT.ADVISORY.'

export function readLetter(message: StoredMessage): Letter {
  const { seq: sequence, time: at, headers } = message
  if (message.subject.startsWith(advisorySubject)) return { sequence, at, ...readAdvisory(message.data) }
  const subject = headers['Wagate-Subject'] ?? ''
  const { tenantId, sessionId } = addressOf(subject) ?? {}
  const [, stream = '', consumer = ''] = message.subject.split('.')
  return {
    ...{ sequence, at, stream, consumer, subject, tenantId },
    sessionId: sessionId === noSession ? undefined : sessionId,
    type: typeOf(subject),
    cause: headers['Wagate-Reason'] ?? 'unknown',
    attempts: positive(headers['Wagate-Attempts']),
    storedAt: dateOf(headers['Wagate-Time']),
  }
}

function readAdvisory(data: Uint8Array) {
  const nothing = { type: undefined, tenantId: undefined, sessionId: undefined, storedAt: undefined, subject: '' }
  const parsed = advisory.safeParse(jsonOf(data))
  const { stream, consumer, deliveries } = parsed.success
    ? parsed.data
    : { stream: 'unknown', consumer: 'unknown', deliveries: undefined }
  return { ...nothing, stream, consumer, attempts: deliveries, cause: 'handed out as often as the consumer allows' }
}

function jsonOf(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data))
  } catch {
    return undefined
  }
}

/** `cmd` and `evt` end in entity and verb; an entry of the audit log has its action inside. */
function typeOf(subject: string): string | undefined {
  const [root = '', , , , entity, verb, ...rest] = subject.split('.')
  return ['cmd', 'evt'].includes(root) && entity && verb && rest.length === 0 ? `${entity}.${verb}` : undefined
}

const positive = (text: string | undefined): number | undefined =>
  text !== undefined && /^[1-9]\d{0,8}$/.test(text) ? Number(text) : undefined

function dateOf(text: string | undefined): Date | undefined {
  const date = new Date(text ?? '')
  return Number.isNaN(date.getTime()) ? undefined : date
}

export const presentLetter = (letter: Letter): DeadLetter => ({
  sequence: letter.sequence,
  at: letter.at.toISOString(),
  stream: letter.stream,
  consumer: letter.consumer,
  type: letter.type ?? null,
  tenant_id: letter.tenantId ?? null,
  session_id: letter.sessionId ?? null,
  cause: letter.cause,
  attempts: letter.attempts ?? null,
  stored_at: letter.storedAt?.toISOString() ?? null,
  retriable: isRetriable(letter),
})

/**
 * Commands and entries of the audit log are taken once, whatever stream position they come at. An event stored again would be a
 * second one to everybody who reads EVENTS: customers' streams, webhooks, views. What kills engines was told as failed already.
 */
export const isRetriable = ({ subject, cause }: Pick<Letter, 'subject' | 'cause'>): boolean =>
  (subject.startsWith('cmd.') && cause !== poisonCause) || subject.startsWith('aud.')
