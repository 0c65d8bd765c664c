// Changes what a customer decides about a session. That is in its record and no event tells of it: events are what a session went through.
import type { UpdateSession } from '@wagate/api/session.ts'
import type { AuditChanges } from '@wagate/messages/audit.ts'
import type { SessionConfig } from '@wagate/messages/control.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import type { Pacing } from '@wagate/messages/pacing.ts'
import type { SessionProxy } from '@wagate/messages/proxy.ts'
import { invalid } from '../http/problem.ts'
import type { SessionEntry } from './directory.ts'
import { sessionNotFound } from './find.ts'
import { checkProxy, type ProxyDeps, sealProxy } from './proxy.ts'
import { type RewriteConfigDeps, rewriteConfig } from './rewrite.ts'

/** Throws `session-not-found`, `proxy-refused`, or what cannot be asked of a live session. */
export async function updateSession(
  deps: RewriteConfigDeps & ProxyDeps,
  { config, state }: SessionEntry,
  body: UpdateSession,
): Promise<SessionEntry> {
  checkPacing(config.mode, body.pacing)
  const proxy = typeof body.proxy === 'string' ? checkProxy(body.proxy, deps.proxyPolicy) : body.proxy
  if (body.name === undefined && body.pacing === undefined && proxy === undefined) return { config, state }
  const changed = await rewriteConfig(deps, config, (stored) => {
    const named = body.name === undefined ? stored : withName(stored, body.name)
    const paced = body.pacing === undefined ? named : withPacing(named, body.pacing)
    return proxy === undefined ? paced : withProxy(paced, proxy && sealProxy(deps.masterKey, stored, proxy))
  })
  if (!changed) throw sessionNotFound()
  return { config: changed, state }
}

function withName({ name: _, ...rest }: SessionConfig, name: string | null): SessionConfig {
  return name === null ? rest : { ...rest, name }
}

function withProxy({ proxy: _, ...rest }: SessionConfig, proxy: SessionProxy | null): SessionConfig {
  return proxy === null ? rest : { ...rest, proxy }
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

/** What goes on record of it: the pace as it was asked for, and whether there is a name and a proxy, not which ones. */
export function changesOf({ name, pacing, proxy }: UpdateSession): AuditChanges {
  const paced = Object.entries(pacing ?? {}).flatMap(([field, value]) =>
    value === undefined ? [] : [[`pacing.${field}`, value] as const],
  )
  return {
    ...(name !== undefined && { name: name === null ? 'removed' : 'set' }),
    ...Object.fromEntries(paced),
    ...(pacing === null && { pacing: 'default' }),
    ...(proxy !== undefined && { proxy: proxy === null ? 'removed' : 'set' }),
  }
}
