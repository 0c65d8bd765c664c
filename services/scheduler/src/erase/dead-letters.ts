// DEAD_LETTERS are found by reading them: their subjects name a consumer, and only a header the subject that they had.
import type { Broker, StoredMessage } from '@wagate/runtime/broker.ts'

export type SearchDeps = { broker: Pick<Broker, 'readSubject' | 'deleteMessage'> }

/** `cmd.s1.<tenant>.<session>…` or `evt.3.<tenant>.<session>…`; `tenant` is undefined for whatever is neither. */
export function addressOf(subject: string | undefined): {
  tenantId: string | undefined
  sessionId: string | undefined
} {
  const [root, , tenantId, sessionId] = subject?.split('.') ?? []
  return root === 'cmd' || root === 'evt' ? { tenantId, sessionId } : { tenantId: undefined, sessionId: undefined }
}

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
    addressOf(message.headers['Wagate-Subject']).tenantId === tenantId
