import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.depends('app:support_accesses')
  const cursor = event.url.searchParams.get('cursor')
  const api = await account(event)
  const { data, next_cursor } = await orError(
    api.listAllSupportAccesses({ limit: 50, ...(cursor !== null && { cursor }) }),
  )
  return { accesses: data, next: next_cursor }
}

export const actions: Actions = {
  close: async (event) => {
    const { tenant, access } = await textsOf(event.request, ['tenant', 'access'])
    const api = await account(event)
    try {
      await api.closeSupportAccess(tenant, access)
      return { done: access }
    } catch (error) {
      return refuse(error)
    }
  },
}
