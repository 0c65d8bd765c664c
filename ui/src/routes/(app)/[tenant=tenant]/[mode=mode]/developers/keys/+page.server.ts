import type { RequestEvent } from '@sveltejs/kit'
import type { CreateApiKey } from '@wagate/api/api-key.ts'
import { account } from '#lib/server/account.ts'
import { act, actIn } from '#lib/server/act.ts'
import { numberOf, textsOf } from '#lib/server/form.ts'
import { orError, orNothing } from '#lib/server/problem.ts'
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

/** The key is shown once, in the answer to the form that made it. */
const making = (event: RequestEvent, form: string, make: () => Promise<{ id: string; api_key: string }>) =>
  act(form, async () => {
    const { id, api_key } = await make()
    event.setHeaders({ 'cache-control': 'no-store' })
    return { made: { id, secret: api_key } }
  })

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
    return making(event, 'create', () => api.createApiKey(body as CreateApiKey))
  },
  rotate: async (event) => {
    const { id, hours } = await textsOf(event.request, ['id', 'hours'])
    const api = await account(event)
    return making(event, `rotate ${id}`, () =>
      api.rotateApiKey(id, { overlap_seconds: (numberOf(hours) ?? 24) * 3_600 }),
    )
  },
  revoke: async (event) => {
    const { id } = await textsOf(event.request, ['id'])
    return actIn(event, `revoke ${id}`, (api) => api.revokeApiKey(id))
  },
}
