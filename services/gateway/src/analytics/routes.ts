import { analyticsQuery, messageAnalytics } from '@wagate/api/analytics.ts'
import type { Mount } from '../http/route.ts'
import { presentAnalytics } from './present.ts'
import { rangeOf } from './range.ts'
import type { AnalyticsStore } from './store.ts'

export type AnalyticsDeps = { analytics: AnalyticsStore; now: () => Date }

export function analyticsRoutes(mount: Mount, deps: AnalyticsDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/analytics/messages',
      scope: 'usage:read',
      tag: 'Usage',
      summary: 'See messages over time',
      description:
        'How many went which way and what became of them, by hour or by day in UTC, with rates. A message counts in the hour in which it was accepted or received, and its receipts count there too, whenever they come: so figures of the last hours still grow. Kept for 92 days.',
      query: analyticsQuery,
      answers: { 200: { description: 'The figures.', schema: messageAnalytics } },
      problems: ['views-unavailable'],
    },
    async ({ caller, query, json }) => {
      const range = rangeOf(query, deps.now())
      const stored = await deps.analytics.read(caller.tenantId, caller.mode, range, query.session_id)
      return json(200, presentAnalytics(range, caller.mode, stored))
    },
  )
}
