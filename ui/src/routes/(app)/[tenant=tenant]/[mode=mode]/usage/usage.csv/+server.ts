import type { RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'
import { daysOf, monthOf } from '../month.ts'

export const GET: RequestHandler = async (event) => {
  const now = new Date()
  const month = monthOf(event.url.searchParams.get('month'), now)
  const api = await account(event)
  return new Response(await orError(api.getUsageCsv(daysOf(month, now))), {
    headers: {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': `attachment; filename="usage-${month}.csv"`,
      'cache-control': 'no-store',
    },
  })
}
