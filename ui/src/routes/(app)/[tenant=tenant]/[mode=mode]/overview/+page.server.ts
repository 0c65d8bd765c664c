import { account } from '#lib/server/account.ts'
import { orError, orNothing } from '#lib/server/problem.ts'
import type { PageServerLoad } from './$types'
import { isPeriod, periods } from './periods.ts'

export const load: PageServerLoad = async (event) => {
  event.depends('app:sessions', 'app:messages')
  const asked = event.url.searchParams.get('period') ?? ''
  const period = isPeriod(asked) ? asked : 'day'
  const { interval, hours } = periods[period]
  const { scopes } = await event.parent()
  const may = (scope: string) => scopes.includes(scope)
  const from = new Date(Date.now() - (hours - 1) * 3_600_000).toISOString()
  const api = await account(event)
  const [analytics, sessions, plan] = await Promise.all([
    may('usage:read') ? orError(api.getMessageAnalytics({ interval, from })) : undefined,
    may('sessions:read') ? orError(api.listSessions({ limit: 200 })) : undefined,
    may('account:read') ? orNothing(api.getPlan()) : undefined,
  ])
  return { period, analytics, sessions: sessions?.data ?? [], more: sessions?.next_cursor !== null, plan }
}
