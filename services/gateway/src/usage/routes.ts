import { usage, usageQuery } from '@wagate/api/usage.ts'
import type { Mount } from '../http/route.ts'
import { answerUsage, type UsageDeps } from './answer.ts'

export function usageRoutes(mount: Mount, deps: UsageDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/usage',
      scope: 'usage:read',
      tag: 'Usage',
      summary: 'See what was used, by day',
      description:
        'Messages, sessions, media and API calls of every day and in total, of the mode of the key. Days are in UTC. An event counts on the day of its `time`, once. With `Accept: text/csv` a table with a line per day; columns keep their place, and new ones come at the end.',
      query: usageQuery,
      answers: {
        200: { description: 'The figures.', schema: usage, contentTypes: ['application/json', 'text/csv'] },
      },
      problems: ['views-unavailable', 'not-acceptable'],
    },
    (call) => answerUsage(deps, call, call.caller, call.query),
  )
}
