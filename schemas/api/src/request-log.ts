// The tenant's own requests to this API, some days of them.
import { z } from 'zod'
import { page, pageQuery } from './paging.ts'
import { timestamp } from './party.ts'

/** Days that it is kept, beside the present one. */
export const requestLogDays = 3
/** Of requests that go well and of those that do not: so many in a burst, then so many a second. Per mode, on one gateway. */
export const requestLogBurst = 1_000
export const requestLogPerSecond = 1

export const loggedRequest = z
  .object({
    id: z
      .string()
      .meta({ description: 'The `X-Request-Id` of the answer.', example: 'req_01KAH2Z6W4V8D9Q3N5R7T1XYZC' }),
    at: timestamp,
    method: z.string().meta({ example: 'POST' }),
    route: z.string().meta({ example: '/v1/sessions/{session_id}/messages' }),
    path: z.string().meta({ description: 'With the ids that were asked for. Queries and bodies are not kept.' }),
    status: z.int().meta({ example: 202 }),
    problem: z.string().nullable().meta({ description: 'The code of the problem that was answered.', example: null }),
    actor: z
      .object({ kind: z.enum(['person', 'key']), id: z.string() })
      .meta({ description: 'The API key, or the member in the dashboard.' }),
    duration_ms: z.number(),
    address: z
      .string()
      .nullable()
      .meta({ description: "The caller's network: /24 of IPv4, /48 of IPv6.", example: '203.0.113.0/24' }),
    user_agent: z.string().nullable().meta({ description: 'Its first 120 characters.' }),
  })
  .meta({ id: 'LoggedRequest' })
export type LoggedRequest = z.infer<typeof loggedRequest>

export const requestsQuery = z.strictObject({
  ...pageQuery,
  status: z
    .enum(['2xx', '3xx', '4xx', '5xx'], { error: 'Write 2xx, 3xx, 4xx or 5xx.' })
    .optional()
    .meta({ description: 'Only answers of this class.' }),
  method: z.enum(['GET', 'POST', 'PATCH', 'DELETE'], { error: 'Write GET, POST, PATCH or DELETE.' }).optional(),
  route: z
    .string()
    .max(200, 'This is no route.')
    .optional()
    .meta({ description: 'Only requests for this pattern.', example: '/v1/sessions/{session_id}/messages' }),
  actor: z
    .string()
    .max(64, 'This is no id.')
    .optional()
    .meta({ description: 'Only what this key or person asked for.' }),
  actor_kind: z.enum(['person', 'key'], { error: 'Write person or key.' }).optional(),
})
export type RequestsQuery = Partial<z.infer<typeof requestsQuery>>
export const requestPage = page(loggedRequest, 'RequestPage')
