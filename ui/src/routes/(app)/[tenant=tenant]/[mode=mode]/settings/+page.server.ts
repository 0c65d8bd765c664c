import { type RequestEvent, redirect } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { act, silently } from '#lib/server/act.ts'
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

type Event = RequestEvent<{ tenant: string; mode: 'test' | 'live' }>
type Api = Awaited<ReturnType<typeof account>>

const plainly = async (event: Event, form: string, deed: (api: Api) => Promise<unknown>) => {
  const api = await account(event)
  return act(form, () => silently(deed(api)))
}

export const actions: Actions = {
  name: async (event) => {
    const { name } = await textsOf(event.request, ['name'])
    const api = await account(event)
    return act('name', () => silently(api.updateTenant({ name })), { name })
  },
  retention: async (event) => {
    const texts = await textsOf(event.request, ['message_days', 'chat_days', 'webhook_delivery_days'])
    const api = await account(event)
    const days = {
      message_days: numberOf(texts.message_days),
      chat_days: numberOf(texts.chat_days),
      webhook_delivery_days: numberOf(texts.webhook_delivery_days),
    }
    return act('retention', () => silently(api.updateRetention(days)), texts)
  },
  export: (event) => plainly(event, 'export', (api) => api.createExport()),
  erase: async (event) => {
    const { person } = await textsOf(event.request, ['person'])
    return plainly(event, 'erase', (api) => api.erasePerson({ person: person.replaceAll(/[\s()-]/g, '') }))
  },
  end: async (event) => {
    const { id } = await textsOf(event.request, ['id'])
    return plainly(event, 'end', (api) => api.endSupportAccess(id))
  },
  delete: async (event) => {
    const { name } = await textsOf(event.request, ['name'])
    return plainly(event, 'delete', (api) => api.deleteAccount({ name }))
  },
  keep: async (event) => {
    const answer = await plainly(event, 'keep', (api) => api.keepAccount())
    if ('data' in answer) return answer
    redirect(303, `/${event.params.tenant}/${event.params.mode}/settings`)
  },
}
