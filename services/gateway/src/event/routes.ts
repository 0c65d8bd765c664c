import { eventsHeaders, eventsQuery } from '@wagate/api/event-stream.ts'
import { webhookPayload } from '@wagate/api/webhook-payload.ts'
import { actorId } from '../access/actor.ts'
import { invalid } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { type FindSessionDeps, findSession } from '../session/find.ts'
import { openConnection } from './connection.ts'
import { limitStreams } from './limit-streams.ts'
import { createStillAllowed, type StillAllowedDeps } from './still-allowed.ts'
import { openStream, type StreamDeps } from './stream.ts'

export type EventDeps = StreamDeps &
  FindSessionDeps &
  StillAllowedDeps & {
    streams: { maxPerTenant: number; heartbeatMs: number; stallMs: number }
    onStreamClosed: (closed: { tenantId: string; actor: string; reason: string; openMs: number }) => void
    /** Aborts when the gateway drains: clients resume elsewhere. */
    draining: AbortSignal
  }

export function eventRoutes(mount: Mount, deps: EventDeps): void {
  const admit = limitStreams(deps.streams.maxPerTenant)
  const stillAllowed = createStillAllowed(deps)

  mount(
    {
      method: 'get',
      path: '/v1/events',
      scope: 'events:read',
      bySession: true,
      tag: 'Events',
      summary: 'Follow events live',
      description:
        'Server-sent events. `id` is the position in the stream, `event` the type, `data` the same JSON as the body of a webhook. After a lost connection send the last `id` as `Last-Event-ID`: nothing is missed for 30 days. A comment comes every 15 s.',
      query: eventsQuery,
      headers: eventsHeaders,
      answers: {
        200: { description: 'An endless stream.', schema: webhookPayload, contentTypes: ['text/event-stream'] },
      },
      problems: ['session-not-found', 'too-many-streams'],
    },
    async (call) => {
      const { tenantId, mode, actor, sessionIds } = call.caller
      const lastEventId = positionOf(call.header('last-event-id'))
      const sessionId = call.query.session_id
      if (sessionId !== undefined) await findSession(deps, call.caller, sessionId)
      const release = admit(tenantId)
      const startedAt = deps.now().getTime()
      const abort = new AbortController()
      try {
        const filter = { tenantId, mode, sessionId, sessionIds, types: call.query.types && new Set(call.query.types) }
        const stream = await openStream(deps, filter, lastEventId, abort.signal)
        const body = openConnection({
          opening: `id: ${stream.position}\n: open\n\n`,
          frames: stream.frames,
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
      } catch (error) {
        release()
        throw error
      }
    },
  )
}

function positionOf(header: string | undefined): number | undefined {
  const parsed = eventsHeaders.safeParse({ 'last-event-id': header })
  if (!parsed.success) throw invalid('Last-Event-ID', 'Send the id of the last event that you have, a whole number.')
  return header === undefined ? undefined : Number(header)
}
