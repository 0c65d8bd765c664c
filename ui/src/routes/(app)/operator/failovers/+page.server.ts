import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.depends('app:failovers')
  const cursor = event.url.searchParams.get('cursor')
  const api = await account(event)
  const { data, next_cursor } = await orError(api.listFailovers({ limit: 50, ...(cursor !== null && { cursor }) }))
  return { failovers: data, next: next_cursor }
}
