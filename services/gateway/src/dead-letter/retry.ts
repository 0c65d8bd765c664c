// Puts a dead letter back where it came from. Whoever handles it knows what it has done by the id inside, so a repeat does nothing.
import { parseCommandSubject, underPartition } from '@wagate/messages/subjects.ts'
import type { Broker, StoredMessage } from '@wagate/runtime/broker.ts'
import type { SessionDirectory } from '../session/directory.ts'
import { deadLetters, type Letter } from './letter.ts'

export type RetryDeps = {
  broker: Pick<Broker, 'publish' | 'deleteMessage'>
  directory: Pick<SessionDirectory, 'locate'>
}

/** The dead letter goes once the broker has the message: dying in between leaves it, to be retried or deleted. */
export async function retryLetter(deps: RetryDeps, letter: Letter, message: StoredMessage): Promise<void> {
  // Not the id that it had: within ten minutes the stream would take it for a repeat and store nothing.
  const msgId = `${deadLetters}:${letter.sequence}`
  await deps.broker.publish(subjectNow(deps, letter), message.data, { msgId, timeoutMs: 4_000 })
  await deps.broker.deleteMessage(deadLetters, letter.sequence)
}

/** Of a command, under the partition that its session has now: nobody may host the one that it had. */
function subjectNow({ directory }: RetryDeps, { subject }: Letter): string {
  const command = parseCommandSubject(subject)
  const session = command && directory.locate(command.sessionId)
  return session?.tenantId === command?.tenantId && session ? underPartition(subject, session.partition) : subject
}
