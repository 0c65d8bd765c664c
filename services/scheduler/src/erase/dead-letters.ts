// DEAD_LETTERS are found by reading them: their subjects name a consumer, and only a header the subject that they had.
import { addressOf } from '@wagate/messages/subjects.ts'
import type { Broker, StoredMessage } from '@wagate/runtime/broker.ts'

export type SearchDeps = { broker: Pick<Broker, 'readSubject' | 'deleteMessage'> }

/** Whom the message was about that could not be handled. */
export const addressOfDeadLetter = ({ headers }: Pick<StoredMessage, 'headers'>): ReturnType<typeof addressOf> =>
  addressOf(headers['Wagate-Subject'] ?? '')

/** Deletes what matches, one message after the other; resolves with how many. */
export async function deleteMatching(
  { broker }: SearchDeps,
  stream: string,
  subject: string,
  matches: (message: StoredMessage) => boolean,
  signal: AbortSignal,
): Promise<number> {
  let deleted = 0
  for await (const message of broker.readSubject(stream, subject, { signal })) {
    if (!matches(message)) continue
    await broker.deleteMessage(stream, message.seq)
    deleted++
  }
  signal.throwIfAborted()
  return deleted
}

export const deadLettersOf =
  (tenantId: string) =>
  (message: StoredMessage): boolean =>
    addressOfDeadLetter(message)?.tenantId === tenantId
