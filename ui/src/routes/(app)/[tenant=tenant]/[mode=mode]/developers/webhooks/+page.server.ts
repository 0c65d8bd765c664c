import { account } from '#lib/server/account.ts'
import { orError, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'
import { fieldsOf, typesByEntity } from './fields.ts'

export const load: PageServerLoad = async (event) => {
  const api = await account(event)
  return { webhooks: (await orError(api.listWebhooks({ limit: 100 }))).data, types: typesByEntity() }
}

export const actions: Actions = {
  create: async (event) => {
    const { url, description, event_types } = await fieldsOf(event.request)
    const api = await account(event)
    try {
      const { id, secret } = await api.createWebhook({ url, description, event_types })
      event.setHeaders({ 'cache-control': 'no-store' })
      return { made: { id, secret } }
    } catch (error) {
      return refuse(error, { url, description: description ?? '' })
    }
  },
}
