import { account } from '#lib/server/account.ts'
import { act } from '#lib/server/act.ts'
import { orError } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'
import { actions as actionNames, filtersOf } from './filters.ts'
import { verifyAll } from './verify.ts'

export const load: PageServerLoad = async (event) => {
  const { searchParams } = event.url
  const cursor = searchParams.get('cursor')
  const api = await account(event)
  const [entries, members] = await Promise.all([
    orError(api.listAuditLog({ limit: 50, ...filtersOf(searchParams), ...(cursor !== null && { cursor }) })),
    orError(api.listMembers()),
  ])
  return {
    entries: entries.data,
    next: entries.next_cursor,
    people: members.data.map(({ id, name }) => ({ id, name })),
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
