import { business, businessQuery } from '@wagate/api/business.ts'
import { csvHeaders } from '../http/csv.ts'
import { formatOf } from '../http/format.ts'
import type { Mount } from '../http/route.ts'
import { looking as scope, operatorTag as tag } from '../tenant/scopes.ts'
import { businessCsv, presentBusiness } from './present.ts'
import { monthsOf } from './range.ts'
import type { ReadBusiness } from './store.ts'

const formats = { json: 'application/json', csv: 'text/csv' } as const

export type BusinessDeps = { readBusiness: ReadBusiness; now: () => Date }

export function businessRoutes(mount: Mount, deps: BusinessDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/admin/business',
      scope,
      tag,
      summary: 'See how the business goes, by month',
      description:
        'Recurring revenue, customers by plan, new accounts and how far they came, changes of plan, churn. Months are of the calendar, in UTC; the operators’ own account does not count, erased ones stay in the months in which they were customers. With `Accept: text/csv` a line per month; columns keep their place, and new ones come at the end.',
      query: businessQuery,
      answers: {
        200: { description: 'The figures.', schema: business, contentTypes: ['application/json', 'text/csv'] },
      },
      problems: ['views-unavailable', 'not-acceptable'],
    },
    async (call) => {
      const now = deps.now()
      const range = monthsOf(call.query, now)
      const format = formatOf(call.header('accept'), formats, 'They come')
      const shown = presentBusiness(range, await deps.readBusiness(range, now), now)
      if (format === 'json') return call.json(200, shown)
      return call.answer(200, businessCsv(shown), csvHeaders(`business-${range.from}-to-${range.to}`))
    },
  )
}
