import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const asked = event.url.searchParams
  const day = (name: string) => asked.get(name) || undefined
  const [from, to] = [day('from'), day('to')]
  const api = await account(event)
  return {
    levels: await orError(api.getAllServiceLevels({ limit: 100, ...(from && { from }), ...(to && { to }) })),
  }
}
