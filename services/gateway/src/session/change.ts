// Restart, log out, delete: commands to the worker that hosts the session.
import type { SessionConfig } from '@wagate/messages/control.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import { WrongLastSequence } from '@wagate/runtime/errors.ts'
import type { Caller } from '../access/authenticate.ts'
import type { PublishCommand } from '../command/publish.ts'
import { acceptOnce, type IdempotencyDeps, type Origin } from '../http/idempotency.ts'
import type { SessionDirectory, SessionEntry } from './directory.ts'
import { checkCanLogout, presentSession } from './present.ts'

export type ChangeSessionDeps = IdempotencyDeps & {
  directory: SessionDirectory
  newId: (kind: IdKind) => string
  publishCommand: PublishCommand
  readSessionConfig: (
    tenantId: string,
    sessionId: string,
  ) => Promise<{ config: SessionConfig; revision: number } | undefined>
  updateSessionConfig: (config: SessionConfig, revision: number) => Promise<number>
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

const maxAttempts = 5

/** Marks the session deleted, which is what counts, then tells the worker. */
export async function deleteSession(deps: ChangeSessionDeps, config: SessionConfig, requestId: string): Promise<void> {
  await markDeleted(deps, config)
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

async function markDeleted(deps: ChangeSessionDeps, { tenantId, sessionId }: SessionConfig): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    const stored = await deps.readSessionConfig(tenantId, sessionId)
    if (!stored || stored.config.desired === 'deleted') return
    const config: SessionConfig = { ...stored.config, desired: 'deleted' }
    try {
      deps.directory.put(config, await deps.updateSessionConfig(config, stored.revision))
      return
    } catch (error) {
      if (!(error instanceof WrongLastSequence) || attempt === maxAttempts) throw error
    }
  }
}
