import { redirect } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { actIn } from '#lib/server/act.ts'
import { numberOf, textsOf } from '#lib/server/form.ts'
import { orError } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

const shown = { limit: 10 }

export const load: PageServerLoad = async (event) => {
  event.depends('app:jobs')
  const { scopes } = await event.parent()
  const mayWrite = scopes.includes('account:write')
  const api = await account(event)
  const [retention, support, deletion, exports, erasures] = await Promise.all([
    orError(api.getRetention()),
    orError(api.listSupportAccesses(shown)),
    orError(api.getAccountDeletion()),
    mayWrite ? orError(api.listExports(shown)) : undefined,
    mayWrite ? orError(api.listErasures(shown)) : undefined,
  ])
  return {
    retention,
    support: support.data,
    deletesAt: deletion.deletes_at,
    exports: exports?.data,
    erasures: erasures?.data,
  }
}

export const actions: Actions = {
  name: async (event) => {
    const { name } = await textsOf(event.request, ['name'])
    return actIn(event, 'name', (api) => api.updateTenant({ name }), { name })
  },
  retention: async (event) => {
    const texts = await textsOf(event.request, ['message_days', 'chat_days', 'webhook_delivery_days'])
    const days = {
      message_days: numberOf(texts.message_days),
      chat_days: numberOf(texts.chat_days),
      webhook_delivery_days: numberOf(texts.webhook_delivery_days),
    }
    return actIn(event, 'retention', (api) => api.updateRetention(days), texts)
  },
  export: (event) => actIn(event, 'export', (api) => api.createExport()),
  erase: async (event) => {
    const { person } = await textsOf(event.request, ['person'])
    return actIn(event, 'erase', (api) => api.erasePerson({ person: person.replaceAll(/[\s()-]/g, '') }))
  },
  end: async (event) => {
    const { id } = await textsOf(event.request, ['id'])
    return actIn(event, 'end', (api) => api.endSupportAccess(id))
  },
  delete: async (event) => {
    const { name } = await textsOf(event.request, ['name'])
    return actIn(event, 'delete', (api) => api.deleteAccount({ name }))
  },
  keep: async (event) => {
    const answer = await actIn(event, 'keep', (api) => api.keepAccount())
    if ('data' in answer) return answer
    redirect(303, `/${event.params.tenant}/${event.params.mode}/settings`)
  },
}
