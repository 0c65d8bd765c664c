import type { RequestEvent } from '@sveltejs/kit'
import type { CreateApiKey } from '@wagate/api/api-key.ts'
import { account } from '#lib/server/account.ts'
import { numberOf, textsOf } from '#lib/server/form.ts'
import { orError, orNothing, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const cursor = event.url.searchParams.get('cursor')
  const api = await account(event)
  const [keys, sessions] = await Promise.all([
    orError(api.listApiKeys({ limit: 50, ...(cursor !== null && { cursor }) })),
    orNothing(api.listSessions({ limit: 100 })),
  ])
  return { keys: keys.data, next: keys.next_cursor, sessions: sessions?.data ?? [] }
}

type Event = RequestEvent<{ tenant: string; mode: 'test' | 'live' }>

/** `form`: which one it was; its key is shown once, in the answer to it. */
async function made(event: Event, form: string, make: () => Promise<{ id: string; api_key: string }>) {
  try {
    const { id, api_key } = await make()
    event.setHeaders({ 'cache-control': 'no-store' })
    return { form, made: { id, secret: api_key } }
  } catch (error) {
    const refused = refuse(error)
    return { ...refused, data: { ...refused.data, form } }
  }
}

export const actions: Actions = {
  create: async (event) => {
    const fields = await event.request.formData()
    const texts = (name: string) => fields.getAll(name).flatMap((value) => (typeof value === 'string' ? [value] : []))
    const [name = ''] = texts('name')
    const [day = ''] = texts('expires')
    const chosen = texts('session')
    const body = {
      name: name.trim() === '' ? null : name,
      scopes: texts('scope'),
      session_ids: chosen.length === 0 ? null : chosen,
      expires_at: day === '' ? null : `${day}T23:59:59Z`,
    }
    const api = await account(event)
    // What is no scope, the gateway refuses with a reason.
    return made(event, 'create', () => api.createApiKey(body as CreateApiKey))
  },
  rotate: async (event) => {
    const { id, hours } = await textsOf(event.request, ['id', 'hours'])
    const api = await account(event)
    return made(event, `rotate ${id}`, () => api.rotateApiKey(id, { overlap_seconds: (numberOf(hours) ?? 24) * 3_600 }))
  },
  revoke: async (event) => {
    const { id } = await textsOf(event.request, ['id'])
    const api = await account(event)
    try {
      await api.revokeApiKey(id)
      return { form: `revoke ${id}` }
    } catch (error) {
      const refused = refuse(error)
      return { ...refused, data: { ...refused.data, form: `revoke ${id}` } }
    }
  },
}
