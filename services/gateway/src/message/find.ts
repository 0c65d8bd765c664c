// One message: from the view, or, while no event tells of it yet, from its idempotency record and the worker that has it.
import type { Message } from '@wagate/api/message.ts'
import type { SessionConfig } from '@wagate/messages/control.ts'
import type { Party } from '@wagate/messages/envelope.ts'
import { isId } from '@wagate/messages/ids.ts'
import type { QueueAnswer } from '@wagate/messages/questions.ts'
import { DatabaseUnavailable } from '@wagate/runtime/errors.ts'
import { type Caller, reaches } from '../access/authenticate.ts'
import { findRecord, type IdempotencyStore, recordKeyOfId } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { SessionDirectory } from '../session/directory.ts'
import { presentAccepted, presentStanding, presentWaiting } from './present.ts'
import type { MessageViews } from './views.ts'

/** Resolves with undefined when no worker answers in time. */
export type AskQueue = (
  session: Pick<SessionConfig, 'tenantId' | 'sessionId' | 'partition' | 'movingFrom'>,
  about?: { messageId: string } | { chat: Party },
) => Promise<QueueAnswer | undefined>

export type FindMessageDeps = {
  views: Pick<MessageViews, 'findMessage'>
  idempotency: Pick<IdempotencyStore, 'get'>
  directory: Pick<SessionDirectory, 'modeOf' | 'find'>
  askQueue: AskQueue
}

/**
 * With a session, only if the message is one of it; then a message is also found that has waited for longer than idempotency
 * records are kept. Throws `message-not-found`, or `DatabaseUnavailable` when only the view could know.
 */
export async function findMessage(
  deps: FindMessageDeps,
  caller: Caller,
  messageId: string,
  session?: SessionConfig,
): Promise<Message> {
  if (!isId('message', messageId)) throw notFound()
  const { tenantId, mode } = caller
  const isOfSession = (message: Message): boolean =>
    reaches(caller, message.session_id) && (!session || message.session_id === session.sessionId)
  const stored = await deps.views.findMessage(tenantId, mode, messageId).catch((error: unknown) => {
    if (error instanceof DatabaseUnavailable) return error
    throw error
  })
  if (stored && !(stored instanceof DatabaseUnavailable))
    return isOfSession(stored) ? stored : Promise.reject(notFound())
  const known = await findRecord(deps.idempotency, recordKeyOfId(tenantId, messageId))
  const accepted = known?.record.resourceId === messageId ? presentAccepted(known.record) : undefined
  const sessionId = accepted?.session_id ?? session?.sessionId
  if (sessionId === undefined) throw stored ?? notFound()
  if (deps.directory.modeOf(tenantId, sessionId) !== mode || (accepted && !isOfSession(accepted))) throw notFound()
  const owned = session ?? deps.directory.find(tenantId, mode, sessionId)?.config
  const waiting = owned && (await deps.askQueue(owned, { messageId }))?.message
  const shown = waiting && presentWaiting(sessionId, messageId, waiting)
  if (shown) return accepted ? { ...accepted, ...presentStanding(waiting) } : shown
  if (stored) throw stored
  if (!accepted) throw notFound()
  return { ...accepted, ...presentStanding(waiting) }
}

const notFound = () =>
  new DomainError(
    'message-not-found',
    'There is no message with this id: check it, or list the messages of the session.',
  )
