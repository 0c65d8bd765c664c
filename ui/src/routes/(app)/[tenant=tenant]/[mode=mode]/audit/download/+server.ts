import type { RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'
import { filtersOf } from '../filters.ts'

const types = { csv: 'text/csv; charset=utf-8', ndjson: 'application/x-ndjson' } as const

/** What is looked for, as a file, as it comes. */
export const GET: RequestHandler = async (event) => {
  const format = event.url.searchParams.get('format') === 'ndjson' ? 'ndjson' : 'csv'
  const api = await account(event)
  return new Response(await orError(api.exportAuditLog(format, filtersOf(event.url.searchParams))), {
    headers: {
      'content-type': types[format],
      'content-disposition': `attachment; filename="audit-log.${format}"`,
      'cache-control': 'no-store',
    },
  })
}
