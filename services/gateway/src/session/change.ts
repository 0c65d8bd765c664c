// Restart, log out, delete: commands to the worker that hosts the session.
import type { SessionConfig } from '@wagate/messages/control.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { Caller } from '../access/authenticate.ts'
import type { PublishCommand } from '../command/publish.ts'
import { acceptOnce, type IdempotencyDeps, type Origin } from '../http/idempotency.ts'
import type { SessionEntry } from './directory.ts'
import { checkCanLogout, presentSession } from './present.ts'
import { type RewriteConfigDeps, rewriteConfig } from './rewrite.ts'

export type ChangeSessionDeps = IdempotencyDeps &
  RewriteConfigDeps & {
    newId: (kind: IdKind) => string
    publishCommand: PublishCommand
    onLostCommand: (error: unknown, sessionId: string) => void
  }
type Request = { id: string; origin: Origin }

export const restartSession = (deps: ChangeSessionDeps, caller: Caller, session: SessionEntry, request: Request) =>
  command(deps, caller, session, request, 'session.restart', () => {})

/** Throws `session-not-linked` or `session-closed`. */
export const logoutSession = (deps: ChangeSessionDeps, caller: Caller, session: SessionEntry, request: Request) =>
  command(deps, caller, session, request, 'session.logout', () => checkCanLogout(session))

function command(
  deps: ChangeSessionDeps,
  caller: Caller,
  session: SessionEntry,
  request: Request,
  type: 'session.restart' | 'session.logout',
  check: () => void,
) {
  return acceptOnce(deps, caller, request.origin, {
    kind: 'command',
    body: undefined,
    check,
    answer: () => ({ status: 202, body: presentSession(session) }),
    act: ({ id, createdAt }) =>
      deps.publishCommand({ type, data: {} }, { session: session.config, id, requestId: request.id, at: createdAt }),
  })
}

/** Marks the session deleted, which is what counts, then tells the worker. */
export async function deleteSession(deps: ChangeSessionDeps, config: SessionConfig, requestId: string): Promise<void> {
  await rewriteConfig(deps, config, (stored) => ({ ...stored, desired: 'deleted' }))
  const at = deps.now().toISOString()
  try {
    await deps.publishCommand(
      { type: 'session.delete', data: {} },
      { session: config, id: deps.newId('command'), requestId, at },
    )
  } catch (error) {
    deps.onLostCommand(error, config.sessionId) // the worker also watches the bucket
  }
}
