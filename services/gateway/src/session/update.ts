// Changes what a customer decides about a session.
import type { UpdateSession } from '@wagate/api/session.ts'
import type { SessionConfig } from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { Pacing } from '@wagate/messages/pacing.ts'
import { invalid } from '../http/problem.ts'
import type { SessionEntry } from './directory.ts'
import { sessionNotFound } from './find.ts'
import { type RewriteConfigDeps, rewriteConfig } from './rewrite.ts'

/** Throws `session-not-found`, or what cannot be asked of a live session. */
export async function updateSession(
  deps: RewriteConfigDeps,
  { config, state }: SessionEntry,
  body: UpdateSession,
): Promise<SessionEntry> {
  checkPacing(config.mode, body.pacing)
  if (body.pacing === undefined) return { config, state }
  const changed = await rewriteConfig(deps, config, (stored) => withPacing(stored, body.pacing ?? null))
  if (!changed) throw sessionNotFound()
  return { config: changed, state }
}

function checkPacing(mode: Mode, asked: UpdateSession['pacing']): void {
  if (mode === 'test' || !asked) return
  for (const field of ['per_second', 'new_chats_per_hour'] as const)
    if (asked[field] === null)
      throw invalid(`pacing.${field}`, 'Write a number: a live session has a limit, or WhatsApp restricts the account.')
}

function withPacing(stored: SessionConfig, asked: NonNullable<UpdateSession['pacing']> | null): SessionConfig {
  const { pacing: before, ...rest } = stored
  return asked === null ? rest : { ...rest, pacing: { ...before, ...fieldsOf(asked) } }
}

function fieldsOf(asked: NonNullable<UpdateSession['pacing']>): Partial<Pacing> {
  const { per_second, burst, new_chats_per_hour, jitter_ms } = asked
  return {
    ...(per_second !== undefined && { perSecond: per_second }),
    ...(burst !== undefined && { burst }),
    ...(new_chats_per_hour !== undefined && { newChatsPerHour: new_chats_per_hour }),
    ...(jitter_ms !== undefined && { jitterMs: jitter_ms }),
  }
}
