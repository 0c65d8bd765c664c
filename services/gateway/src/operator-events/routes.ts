import { adminQuery } from '@wagate/api/admin.ts'
import { operatorNotice } from '@wagate/api/operator-events.ts'
import { createServeStream, type ServeStreamDeps, streamHeaders } from '../event/serve.ts'
import type { Mount } from '../http/route.ts'
import { looking, operatorTag as tag } from '../tenant/scopes.ts'
import type { Notices } from './notices.ts'

export type OperatorEventDeps = ServeStreamDeps & { notices: Pick<Notices, 'follow' | 'changed'> }

export function operatorEventRoutes(mount: Mount, deps: OperatorEventDeps): void {
  const serve = createServeStream(deps)

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
    async (call) => {
      const body = await serve(call, (signal) => ({ position: 0, frames: frames(deps.notices, signal) }))
      return call.answer(200, body, streamHeaders)
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
