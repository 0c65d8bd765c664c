import { account } from '#lib/server/account.ts'
import { apiUrl } from '#lib/server/gateway.ts'
import { mustHave, orNothing } from '#lib/server/problem.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  mustHave((await event.parent()).scopes, 'keys:read')
  const api = await account(event)
  const sessions = await orNothing(api.listSessions({ limit: 20 }))
  const session = sessions?.data.find(({ status }) => status === 'connected') ?? sessions?.data[0]
  return { apiUrl: apiUrl(), session: session?.id }
}
