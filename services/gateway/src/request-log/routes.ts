import { loggedRequest, requestLogDays, requestPage, requestsQuery } from '@wagate/api/request-log.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import type { RequestStore } from './store.ts'

export type RequestDeps = { requests: RequestStore; cursors: Cursors }

const tag = 'Requests'

export function requestRoutes(mount: Mount, { requests, cursors }: RequestDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/requests',
      scope: 'requests:read',
      tag,
      summary: 'List recent requests',
      description: `What was asked of the API in the mode of the key, for ${requestLogDays} days, a second or two after it was answered: no bodies, no queries. Of an account that asks more than about once a second for long, a sample is kept, of what fails and of what does not.`,
      query: requestsQuery,
      answers: { 200: { description: 'Newest first.', schema: requestPage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const { limit, cursor, status, method, route, actor, actor_kind: actorKind } = call.query
      const list = [tenantId, mode, 'requests', status ?? '', method ?? '', route ?? '', actor ?? '', actorKind ?? '']
      const after = cursor === undefined ? undefined : cursors.decode(list, cursor)
      const filter = { statusClass: status && Number(status[0]), method, route, actor, actorKind }
      const rows = await requests.list(tenantId, mode, filter, { limit, after })
      return call.json(200, pageOf(rows, limit, { cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/requests/{request_id}',
      scope: 'requests:read',
      tag,
      summary: 'Get a request',
      description: 'By the `X-Request-Id` of its answer. Of an id that callers used more than once, the newest.',
      answers: { 200: { description: 'The request.', schema: loggedRequest } },
      problems: ['request-not-found', 'views-unavailable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const found = await requests.find(tenantId, mode, call.params.request_id)
      return call.json(200, found ?? notFound())
    },
  )
}

function notFound(): never {
  throw new DomainError(
    'request-not-found',
    `No request with this id is in the log: it is kept for ${requestLogDays} days, is a second or two behind, and holds a sample of what comes in masses.`,
  )
}
