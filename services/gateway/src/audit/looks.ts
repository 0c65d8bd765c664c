// That an operator looked goes on record in the tenant's log: what, once a minute and gateway, so that a page that asks again every
// second does not fill it.
import { actorId } from '../access/actor.ts'
import type { AuditLog } from './log.ts'
import { actorOf, type RecordedRequest } from './on-record.ts'

/** What was looked at in this minute; beyond that many, some are told twice. */
const maxSeen = 10_000

export type Looked = (method: string, path: string, request: Omit<RecordedRequest, 'origin'>) => Promise<void>

export function createLooks({ record, now }: { record: AuditLog['record']; now: () => Date }): Looked {
  const seen = new Set<string>()
  let minute = 0

  return async (method, path, { caller, requestId, params, address }) => {
    if (caller.actor.kind !== 'support') return
    const at = Math.floor(now().getTime() / 60_000)
    if (at !== minute || seen.size >= maxSeen) seen.clear()
    minute = at
    const { tenantId, mode } = caller
    const accessId = actorId(caller.actor)
    const what = [accessId, mode, path, ...Object.values(params)].join('|')
    if (seen.has(what)) return
    seen.add(what)
    const targets = [accessId, ...Object.values(params)]
    const route = `${method.toUpperCase()} ${path}`
    await record({
      ...{ tenantId, actor: actorOf(caller), action: 'support.looked', targets, mode, requestId, route, address },
    })
  }
}
