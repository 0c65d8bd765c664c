// The only place that answers JetStream. Rejected messages are stored in DEAD_LETTERS before the broker forgets them.
import { deadLetterSubject } from '@wagate/messages/subjects.ts'
import type { Outcome, StoredMessage } from './broker.ts'
import type { NatsLink } from './nats-link.ts'
import { publish } from './nats-publish.ts'

/** Acknowledges; with an AckAll consumer, everything before it too. */
export const acknowledge = (link: NatsLink, reply: string): void => answer(link, reply, '+ACK')

export const stillWorking = (link: NatsLink, reply: string): void => answer(link, reply, '+WPI')

const retryLater = (link: NatsLink, reply: string, afterMs: number): void =>
  answer(link, reply, `-NAK ${JSON.stringify({ delay: Math.round(afterMs * 1e6) })}`)

const giveUp = (link: NatsLink, reply: string): void => answer(link, reply, '+TERM')

function answer(link: NatsLink, reply: string, word: string): void {
  // Nothing is written while disconnected: the broker delivers again after ack_wait.
  if (link.status() === 'connected') link.connection.publish(reply, word)
}

export type Unsettled = {
  message: StoredMessage
  /** How often it was handled here, this time included; what was put off does not count. */
  attempts: number
  /** Absent while the message was read from the stream and not delivered yet: there is nothing to answer. */
  reply: () => string | undefined
}

/** The retry after the last attempt is a reject. */
export function finalOutcome(outcome: Outcome, attempt: number, maxAttempts: number): Outcome {
  if (outcome.kind !== 'retry' || attempt < maxAttempts) return outcome
  return { kind: 'reject', reason: `gave up after ${attempt} attempts: ${outcome.reason}` }
}

/**
 * Answers JetStream; false when there was nothing to answer to, or no connection. A reject is stored in DEAD_LETTERS first.
 * @throws BrokerUnavailable when that store failed; nothing has been answered then
 */
export async function settle(
  link: NatsLink,
  source: { stream: string; consumer: string },
  { message, attempts, reply }: Unsettled,
  outcome: Outcome,
): Promise<boolean> {
  if (outcome.kind === 'reject') await deadLetter(link, source, message, { reason: outcome.reason, attempts })
  const to = reply()
  if (to === undefined || link.status() !== 'connected') return false
  if (outcome.kind === 'done') acknowledge(link, to)
  else if (outcome.kind === 'retry' || outcome.kind === 'later') retryLater(link, to, outcome.afterMs)
  else giveUp(link, to)
  return true
}

/** Stores a copy under `dlq.<stream>.<consumer>`, once per message and consumer. */
export async function deadLetter(
  link: NatsLink,
  source: { stream: string; consumer: string },
  message: StoredMessage,
  { reason, attempts }: { reason: string; attempts: number },
): Promise<void> {
  await publish(link, deadLetterSubject(source.stream, source.consumer), message.data, {
    msgId: `${source.stream}:${source.consumer}:${message.seq}`,
    headers: {
      'Wagate-Reason': reason.replace(/[\r\n]+/g, ' ').slice(0, 500),
      'Wagate-Subject': message.subject,
      'Wagate-Stream': source.stream,
      'Wagate-Consumer': source.consumer,
      'Wagate-Sequence': String(message.seq),
      'Wagate-Time': message.time.toISOString(),
      'Wagate-Attempts': String(attempts),
      ...(message.headers['Nats-Msg-Id'] === undefined ? {} : { 'Wagate-Msg-Id': message.headers['Nats-Msg-Id'] }),
    },
  })
}
