import { usage, usageQuery } from '@wagate/api/usage.ts'
import { csvHeaders } from '../http/csv.ts'
import { formatOf } from '../http/format.ts'
import type { Mount } from '../http/route.ts'
import { usageCsv } from './csv.ts'
import { presentUsage } from './present.ts'
import { dayOf, rangeOf } from './range.ts'
import type { UsageStore } from './store.ts'

const formats = { json: 'application/json', csv: 'text/csv' } as const

export type UsageDeps = { usage: Pick<UsageStore, 'read'>; now: () => Date }

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
        200: { description: 'The figures.', schema: usage, contentTypes: Object.values(formats) },
      },
      problems: ['views-unavailable', 'not-acceptable'],
    },
    async (call) => {
      const { tenantId, mode } = call.caller
      const now = deps.now()
      const range = rangeOf(call.query, now)
      const format = formatOf(call.header('accept'), formats, 'Usage comes')
      const shown = presentUsage(range, mode, await deps.usage.read(tenantId, mode, range, dayOf(now)))
      if (format === 'json') return call.json(200, shown)
      const fileName = `usage-${mode}-${range.from}-to-${range.to}`
      return call.answer(200, usageCsv(shown), csvHeaders(fileName))
    },
  )
}
