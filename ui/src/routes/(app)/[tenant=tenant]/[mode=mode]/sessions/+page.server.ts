import { redirect } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.depends('app:sessions')
  const cursor = event.url.searchParams.get('cursor')
  const api = await account(event)
  const { data, next_cursor } = await orError(api.listSessions({ limit: 50, ...(cursor !== null && { cursor }) }))
  return { sessions: data, next: next_cursor }
}

export const actions: Actions = {
  create: async (event) => {
    const { name, proxy } = await textsOf(event.request, ['name', 'proxy'])
    const api = await account(event)
    const answer = await api
      .createSession({ ...(name.trim() !== '' && { name }), ...(proxy.trim() !== '' && { proxy: proxy.trim() }) })
      .catch((error: unknown) => refuse(error, { name }))
    if ('data' in answer) return answer
    redirect(303, `/${event.params.tenant}/${event.params.mode}/sessions/${answer.id}`)
  },
}
