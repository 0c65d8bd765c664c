import { account } from '#lib/server/account.ts'
import { act } from '#lib/server/act.ts'
import { orError, orNothing } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'
import { actions as actionNames, filtersOf } from './filters.ts'
import { verifyAll } from './verify.ts'

export const load: PageServerLoad = async (event) => {
  const { searchParams } = event.url
  const cursor = searchParams.get('cursor')
  const { scopes } = await event.parent()
  const api = await account(event)
  const [entries, members, keys] = await Promise.all([
    orError(api.listAuditLog({ limit: 50, ...filtersOf(searchParams), ...(cursor !== null && { cursor }) })),
    orError(api.listMembers()),
    scopes.includes('keys:read') ? orNothing(api.listApiKeys({ limit: 100 })) : undefined,
  ])
  return {
    entries: entries.data,
    next: entries.next_cursor,
    actors: [...members.data, ...(keys?.data ?? [])].map(({ id, name }) => ({ id, name: name ?? id })),
    actionNames,
    asked: Object.fromEntries(['actor', 'action', 'from', 'to'].map((name) => [name, searchParams.get(name) ?? ''])),
  }
}

export const actions: Actions = {
  verify: async (event) => {
    const api = await account(event)
    return act('verify', async () => ({ verification: await verifyAll(api) }))
  },
}
