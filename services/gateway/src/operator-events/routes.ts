import { adminQuery } from '@wagate/api/admin.ts'
import { operatorNotice } from '@wagate/api/operator-events.ts'
import { actorId } from '../access/actor.ts'
import { openConnection } from '../event/connection.ts'
import { limitStreams } from '../event/limit-streams.ts'
import { createStillAllowed, type StillAllowedDeps } from '../event/still-allowed.ts'
import type { Mount } from '../http/route.ts'
import { looking, operatorTag as tag } from '../tenant/scopes.ts'
import type { Notices } from './notices.ts'

export type OperatorEventDeps = StillAllowedDeps & {
  notices: Pick<Notices, 'follow' | 'changed'>
  streams: { maxPerTenant: number; heartbeatMs: number; stallMs: number }
  onStreamClosed: (closed: { tenantId: string; actor: string; reason: string; openMs: number }) => void
  draining: AbortSignal
}

export function operatorEventRoutes(mount: Mount, deps: OperatorEventDeps): void {
  const admit = limitStreams(deps.streams.maxPerTenant)
  const stillAllowed = createStillAllowed(deps)

  mount(
    {
      method: 'get',
      path: '/v1/admin/events',
      scope: looking,
      tag,
      summary: 'Follow the installation live',
      description:
        'Server-sent events that say what changed; read it again where it matters. Each connection begins with `everything.changed`, so nothing is missed however long the last one has been lost: `Last-Event-ID` makes no difference. What changes within a second is one notice of its type, and streams are told of every two seconds. A comment comes every 15 s.',
      query: adminQuery,
      answers: {
        200: { description: 'An endless stream.', schema: operatorNotice, contentTypes: ['text/event-stream'] },
      },
      problems: ['too-many-streams'],
    },
    (call) => {
      const { tenantId, actor } = call.caller
      const release = admit(tenantId)
      const startedAt = deps.now().getTime()
      const abort = new AbortController()
      const body = openConnection({
        opening: `id: 0\n: open\n\n`,
        frames: frames(deps.notices, abort.signal),
        mayGoOn: () => stillAllowed(call.caller),
        heartbeatMs: deps.streams.heartbeatMs,
        stallMs: deps.streams.stallMs,
        draining: deps.draining,
        disconnect: call.disconnect,
        onClose: (reason) => {
          abort.abort()
          release()
          deps.onStreamClosed({ tenantId, actor: actorId(actor), reason, openMs: deps.now().getTime() - startedAt })
        },
      })
      return call.answer(200, body, { 'content-type': 'text/event-stream', 'x-accel-buffering': 'no' })
    },
  )
}

/** Ids count within the connection. */
async function* frames({ follow }: Pick<Notices, 'follow'>, signal: AbortSignal): AsyncGenerator<string> {
  let id = 0
  for await (const notice of follow(signal)) {
    id += 1
    yield `id: ${id}\nevent: ${notice.type}\ndata: ${JSON.stringify(notice)}\n\n`
  }
}
