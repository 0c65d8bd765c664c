import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'
import { chatsQueryOf, filtersOf, isSearch } from '../views.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async (event) => {
  event.depends('app:chats')
  const filters = filtersOf(event.url.searchParams)
  const api = await account(event)
  const [chats, found] = await Promise.all([
    orError(api.listChats({ limit: 50, ...chatsQueryOf(filters) })),
    isSearch(filters) ? orError(api.searchMessages({ q: filters.q, limit: 20 })) : undefined,
  ])
  return { filters, chats, found: found?.data ?? [] }
}
