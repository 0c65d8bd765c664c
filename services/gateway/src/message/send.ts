// Accepting a message. The hot path: two broker writes, no Postgres.
import type { AcceptedMessage, SendMessage } from '@wagate/api/message.ts'
import type { Lane } from '@wagate/messages/commands.ts'
import type { SessionState } from '@wagate/messages/control.ts'
import type { Caller } from '../access/authenticate.ts'
import type { PublishCommand } from '../command/publish.ts'
import { acceptOnce, type IdempotencyDeps, isReplay, type Minted, type Origin } from '../http/idempotency.ts'
import { invalid } from '../http/problem.ts'
import type { MessageQuota } from '../quota/quota.ts'
import type { SessionEntry } from '../session/directory.ts'
import { checkCanSend } from '../session/present.ts'

export type SendMessageDeps = IdempotencyDeps & {
  quota: Pick<MessageQuota, 'take' | 'states'>
  publishCommand: PublishCommand
  readSessionState: (tenantId: string, sessionId: string) => Promise<SessionState | undefined>
}

/**
 * Resolves when the broker has the command. Throws `session-closed`, `session-not-linked`, `session-queue-full`, `message-quota-exceeded`, or
 * what is wrong with `expires_at`. Only what was accepted, and not before, counts against the quota.
 */
export async function sendMessage(
  deps: SendMessageDeps,
  caller: Caller,
  session: SessionEntry,
  body: SendMessage,
  request: { id: string; origin: Origin },
) {
  let uncount = (): void => {}
  try {
    const done = await acceptOnce(deps, caller, request.origin, {
      kind: 'message',
      body,
      alwaysRemember: true,
      check: async () => {
        checkExpiry(body, deps.now())
        await check(deps, session, laneOf(body))
        uncount = await deps.quota.take(caller)
      },
      answer: (minted) => ({ status: 202, body: presentAccepted(session, body, minted) }),
      act: (minted) => publish(deps, session, body, request.id, minted),
    })
    if (isReplay(done)) uncount()
    return done
  } catch (error) {
    uncount()
    throw error
  }
}

const presentAccepted = ({ config }: SessionEntry, body: SendMessage, { id, createdAt }: Minted): AcceptedMessage => ({
  id,
  status: 'accepted',
  session_id: config.sessionId,
  to: body.to,
  type: body.type,
  lane: laneOf(body),
  expires_at: expiryOf(body) ?? null,
  created_at: createdAt,
})

const laneOf = (body: SendMessage): Lane => body.lane ?? 'normal'

const longestWaitMs = 30 * 24 * 3_600_000

/** In UTC. */
const expiryOf = (body: SendMessage): string | undefined =>
  body.expires_at === undefined ? undefined : new Date(body.expires_at).toISOString()

function checkExpiry(body: SendMessage, now: Date): void {
  if (body.expires_at === undefined) return
  const leftMs = Date.parse(body.expires_at) - now.getTime()
  if (leftMs <= 0) throw invalid('expires_at', 'Choose a time in the future: this one has passed.')
  if (leftMs > longestWaitMs) throw invalid('expires_at', 'Choose a time at most 30 days from now.')
}

/** A refusal is checked against the bucket: an event may have told the client what the watch has not told us yet. */
function check(deps: SendMessageDeps, session: SessionEntry, lane: Lane): void | Promise<void> {
  try {
    checkCanSend(session, lane)
  } catch (refusal) {
    return checkFresh(deps, session, lane, refusal)
  }
}

async function checkFresh(deps: SendMessageDeps, { config }: SessionEntry, lane: Lane, refusal: unknown) {
  const state = await deps.readSessionState(config.tenantId, config.sessionId).catch(() => undefined)
  if (!state) throw refusal
  checkCanSend({ config, state }, lane)
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
  const expiresAt = expiryOf(body)
  const data = { messageId: id, to: body.to, content, lane: laneOf(body), acceptedAt: createdAt }
  return deps.publishCommand(
    { type: 'message.send', data: { ...data, ...(expiresAt && { expiresAt }) } },
    { session: session.config, id, requestId, at: createdAt },
  )
}
