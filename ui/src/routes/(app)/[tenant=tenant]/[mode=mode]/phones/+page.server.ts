import { redirect } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.depends('app:phones')
  const api = await account(event)
  return { phones: (await orError(api.listPhones())).data }
}

export const actions: Actions = {
  create: async (event) => {
    const { name, number } = await textsOf(event.request, ['name', 'number'])
    const api = await account(event)
    const answer = await api
      .createPhone({ ...(name.trim() !== '' && { name }), ...(number.trim() !== '' && { number: number.trim() }) })
      .catch((error: unknown) => refuse(error, { name, number }))
    if ('data' in answer) return answer
    redirect(303, `/${event.params.tenant}/${event.params.mode}/phones/${answer.id}`)
  },
}
