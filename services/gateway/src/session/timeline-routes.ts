import { timelinePage, timelineQuery } from '@wagate/api/timeline.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import type { Mount } from '../http/route.ts'
import { type FindSessionDeps, findSession } from './find.ts'
import type { TimelineStore } from './timeline-store.ts'

export type TimelineDeps = FindSessionDeps & { timeline: TimelineStore; cursors: Cursors }

export function timelineRoutes(mount: Mount, deps: TimelineDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/sessions/{session_id}/timeline',
      scope: 'sessions:read',
      bySession: true,
      tag: 'Sessions',
      summary: 'What happened to a session, and why',
      description:
        'Its newest thousand entries or so: what it went through, and who asked for what. A moment behind the events that it is made of.',
      query: timelineQuery,
      answers: { 200: { description: 'Newest first.', schema: timelinePage } },
      problems: ['session-not-found', 'invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId } = call.caller
      const { limit, cursor } = call.query
      const { sessionId } = (await findSession(deps, call.caller, call.params.session_id)).config
      const list = [tenantId, 'timeline', sessionId]
      const after = cursor === undefined ? undefined : deps.cursors.decode(list, cursor)
      const rows = await deps.timeline.list(tenantId, sessionId, { limit, after })
      return call.json(200, pageOf(rows, limit, { cursors: deps.cursors, list }))
    },
  )
}
