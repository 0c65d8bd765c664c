// One message: from the view, or from its idempotency record while no event tells of it yet.
import type { Message } from '@wagate/api/message.ts'
import { isId } from '@wagate/messages/ids.ts'
import type { Caller } from '../access/authenticate.ts'
import { findRecord, type IdempotencyStore, recordKeyOfId } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { SessionDirectory } from '../session/directory.ts'
import { presentAccepted } from './present.ts'
import type { MessageViews } from './views.ts'

export type FindMessageDeps = {
  views: Pick<MessageViews, 'findMessage'>
  idempotency: Pick<IdempotencyStore, 'get'>
  directory: Pick<SessionDirectory, 'modeOf'>
}

/** Throws `message-not-found`, or `DatabaseUnavailable`. */
export async function findMessage(deps: FindMessageDeps, caller: Caller, messageId: string): Promise<Message> {
  const { tenantId, mode } = caller
  if (isId('message', messageId)) {
    const stored = await deps.views.findMessage(tenantId, mode, messageId)
    if (stored) return stored
    const known = await findRecord(deps.idempotency, recordKeyOfId(tenantId, messageId))
    const accepted = known?.record.resourceId === messageId ? presentAccepted(known.record) : undefined
    if (accepted && deps.directory.modeOf(tenantId, accepted.session_id) === mode) return accepted
  }
  throw new DomainError(
    'message-not-found',
    'There is no message with this id: check it, or list the messages of the session.',
  )
}
