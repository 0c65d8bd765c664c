import { serviceLevels } from '@wagate/api/service-level.ts'
import { usageQuery } from '@wagate/api/usage.ts'
import { csvHeaders } from '../http/csv.ts'
import { formatOf } from '../http/format.ts'
import type { Mount } from '../http/route.ts'
import { rangeOf } from '../usage/range.ts'
import { serviceLevelsCsv } from './csv.ts'
import { presentLevels } from './present.ts'
import type { ServiceLevelStore } from './store.ts'

const formats = { json: 'application/json', csv: 'text/csv' } as const

export type ServiceLevelDeps = { serviceLevels: ServiceLevelStore; now: () => Date }

export function serviceLevelRoutes(mount: Mount, deps: ServiceLevelDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/service-levels',
      scope: 'usage:read',
      tag: 'Usage',
      summary: 'See how well you were served, by day',
      description:
        'Uptime of linked sessions, linking, changes of the worker and delivery, of every day and in total, of the mode of the key; and whether the promise of your plan was kept. Days are in UTC, today up to now. With `Accept: text/csv` a table with a line per day; columns keep their place, and new ones come at the end.',
      query: usageQuery,
      answers: {
        200: { description: 'The figures.', schema: serviceLevels, contentTypes: Object.values(formats) },
      },
      problems: ['views-unavailable', 'not-acceptable'],
    },
    async (call) => {
      const { tenantId, mode, tenant } = call.caller
      const range = rangeOf(call.query, deps.now())
      const format = formatOf(call.header('accept'), formats, 'Service levels come')
      const stored = await deps.serviceLevels.read(tenantId, mode, range)
      const shown = presentLevels(range, mode, tenant.plan ?? 'basic', stored)
      if (format === 'json') return call.json(200, shown)
      const fileName = `service-levels-${mode}-${range.from}-to-${range.to}`
      return call.answer(200, serviceLevelsCsv(shown), csvHeaders(fileName))
    },
  )
}
