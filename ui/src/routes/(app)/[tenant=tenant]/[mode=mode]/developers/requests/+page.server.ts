import { account } from '#lib/server/account.ts'
import { apiUrl } from '#lib/server/gateway.ts'
import { orError, orNothing } from '#lib/server/problem.ts'
import type { PageServerLoad } from './$types'

const classes = ['2xx', '4xx', '5xx'] as const

export const load: PageServerLoad = async (event) => {
  event.depends('app:requests')
  const query = event.url.searchParams
  const cursor = query.get('cursor')
  const status = classes.find((one) => one === query.get('status'))
  const id = query.get('id')?.trim() ?? ''
  // The dashboard's own requests would be most of them.
  const actor = query.get('actor') || 'keys'
  const api = await account(event)
  if (id !== '') {
    const found = await orNothing(api.getRequest(id))
    return { requests: found ? [found] : [], next: null, filter: { id, status, actor }, keys: [], apiUrl: apiUrl() }
  }
  const filters = {
    ...(cursor !== null && { cursor }),
    ...(status && { status }),
    ...(actor === 'keys' ? { actor_kind: 'key' as const } : actor !== 'all' && { actor }),
  }
  const [requests, keys] = await Promise.all([
    orError(api.listRequests({ limit: 50, ...filters })),
    orNothing(api.listApiKeys({ limit: 50 })),
  ])
  return {
    requests: requests.data,
    next: requests.next_cursor,
    filter: { id, status, actor },
    keys: keys?.data.map(({ id, name }) => ({ id, name })) ?? [],
    apiUrl: apiUrl(),
  }
}
