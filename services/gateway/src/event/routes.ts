import { eventsHeaders, eventsQuery, liveEvent } from '@wagate/api/event-stream.ts'
import { invalid } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { type FindSessionDeps, findSession } from '../session/find.ts'
import { createServeStream, type ServeStreamDeps, streamHeaders } from './serve.ts'
import { openStream, type StreamDeps } from './stream.ts'

export type EventDeps = StreamDeps & FindSessionDeps & ServeStreamDeps

export function eventRoutes(mount: Mount, deps: EventDeps): void {
  const serve = createServeStream(deps)

  mount(
    {
      method: 'get',
      path: '/v1/events',
      scope: 'events:read',
      bySession: true,
      tag: 'Events',
      summary: 'Follow events live',
      description:
        'Server-sent events. `id` is the position in the stream, `event` the type, `data` the same JSON as the body of a webhook. After a lost connection send the last `id` as `Last-Event-ID`: nothing is missed for 30 days. Notices (`session.updated`, `chat.updated`, and `chat.typing` of chats that are watched) come between, without an `id`: they are worth something only now, and what was missed of them is not told again. A comment comes every 15 s.',
      query: eventsQuery,
      headers: eventsHeaders,
      answers: {
        200: { description: 'An endless stream.', schema: liveEvent, contentTypes: ['text/event-stream'] },
      },
      problems: ['session-not-found', 'too-many-streams'],
    },
    async (call) => {
      const { tenantId, mode, sessionIds } = call.caller
      const lastEventId = positionOf(call.header('last-event-id'))
      const sessionId = call.query.session_id
      if (sessionId !== undefined) await findSession(deps, call.caller, sessionId)
      const filter = { tenantId, mode, sessionId, sessionIds, types: call.query.types && new Set(call.query.types) }
      const body = await serve(call, (signal) => openStream(deps, filter, lastEventId, signal))
      return call.answer(200, body, streamHeaders)
    },
  )
}

function positionOf(header: string | undefined): number | undefined {
  const parsed = eventsHeaders.safeParse({ 'last-event-id': header })
  if (!parsed.success) throw invalid('Last-Event-ID', 'Send the id of the last event that you have, a whole number.')
  return header === undefined ? undefined : Number(header)
}
