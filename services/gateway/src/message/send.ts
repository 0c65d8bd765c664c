// Accepting a message. The hot path: two broker writes, no Postgres.
import type { AcceptedMessage, SendMessage } from '@wagate/api/message.ts'
import type { Caller } from '../access/authenticate.ts'
import type { PublishCommand } from '../command/publish.ts'
import { acceptOnce, type IdempotencyDeps, type Minted, type Origin } from '../http/idempotency.ts'
import type { SessionEntry } from '../session/directory.ts'
import { checkCanSend } from '../session/present.ts'

export type SendMessageDeps = IdempotencyDeps & { publishCommand: PublishCommand }

/** Resolves when the broker has the command. Throws `session-closed`, `session-not-linked` or `session-queue-full`. */
export function sendMessage(
  deps: SendMessageDeps,
  caller: Caller,
  session: SessionEntry,
  body: SendMessage,
  request: { id: string; origin: Origin },
) {
  const { config } = session
  return acceptOnce(deps, caller, request.origin, {
    kind: 'message',
    body,
    alwaysRemember: true,
    check: () => checkCanSend(session),
    answer: ({ id, createdAt }) => {
      const accepted: AcceptedMessage = {
        id,
        status: 'accepted',
        session_id: config.sessionId,
        to: body.to,
        type: body.type,
        created_at: createdAt,
      }
      return { status: 202, body: accepted }
    },
    act: (minted) => publish(deps, session, body, request.id, minted),
  })
}

function publish(
  deps: SendMessageDeps,
  session: SessionEntry,
  body: SendMessage,
  requestId: string,
  minted: Minted,
): Promise<void> {
  const { id, createdAt } = minted
  const content = { type: body.type, text: { body: body.text.body } }
  return deps.publishCommand(
    { type: 'message.send', data: { messageId: id, to: body.to, content, lane: 'normal', acceptedAt: createdAt } },
    { session: session.config, id, requestId, at: createdAt },
  )
}
