// Cancelling a message: a command that follows it to the worker, which drops the message if it still waits.
import type { Message } from '@wagate/api/message.ts'
import type { SessionConfig } from '@wagate/messages/control.ts'
import type { Caller } from '../access/authenticate.ts'
import type { PublishCommand } from '../command/publish.ts'
import { acceptOnce, type IdempotencyDeps, type Origin } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import { type FindMessageDeps, findMessage } from './find.ts'

export type CancelMessageDeps = Omit<FindMessageDeps, 'idempotency'> &
  IdempotencyDeps & { publishCommand: PublishCommand }

/** What may still be in time, or was cancelled before. */
const cancellable = new Set<Message['status']>(['accepted', 'queued', 'cancelled'])

/** Resolves when the broker has the command. Throws `message-not-found` or `message-not-waiting`. */
export function cancelMessage(
  deps: CancelMessageDeps,
  caller: Caller,
  session: SessionConfig,
  messageId: string,
  request: { id: string; origin: Origin },
) {
  let found: Message | undefined
  return acceptOnce(deps, caller, request.origin, {
    kind: 'command',
    body: undefined,
    check: async () => {
      found = await findMessage(deps, caller, messageId, session)
      if (found.direction === 'outbound' && cancellable.has(found.status)) return
      throw new DomainError(
        'message-not-waiting',
        `The message is ${found.status}: only a message that still waits can be cancelled.`,
      )
    },
    answer: () => ({ status: 202, body: found }),
    act: ({ id, createdAt }) =>
      deps.publishCommand(
        { type: 'message.cancel', data: { messageId } },
        { session, id, requestId: request.id, at: createdAt },
      ),
  })
}
