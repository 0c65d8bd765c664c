import { redirect } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { screenOf } from '#lib/server/phone.ts'
import { orError, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.depends('app:phones')
  const api = await account(event)
  const id = event.params.phone
  const [phone, messages, sessions] = await Promise.all([
    orError(api.getPhone(id)),
    orError(screenOf(api, id)),
    orError(api.listSessions({ limit: 50 })),
  ])
  const waiting = sessions.data.filter(({ status }) => status === 'awaiting_qr')
  const linked = sessions.data.find(({ account }) => account?.phone != null && account.phone !== phone.number)
  return { phone, messages, waiting, to: linked?.account?.phone ?? undefined }
}

export const actions: Actions = {
  write: async (event) => {
    const { to, text } = await textsOf(event.request, ['to', 'text'])
    const api = await account(event)
    const answer = await api.sendFromPhone(event.params.phone, { to, text }).catch((error: unknown) => refuse(error))
    return 'data' in answer ? answer : undefined
  },
  scan: async (event) => {
    const { session } = await textsOf(event.request, ['session'])
    const api = await account(event)
    const answer = await api
      .scanWithPhone(event.params.phone, { session_id: session })
      .catch((error: unknown) => refuse(error))
    return 'data' in answer ? answer : undefined
  },
  code: async (event) => {
    const { code } = await textsOf(event.request, ['code'])
    const api = await account(event)
    const answer = await api.enterCodeOnPhone(event.params.phone, { code }).catch((error: unknown) => refuse(error))
    return 'data' in answer ? answer : undefined
  },
  read: async (event) => {
    const api = await account(event)
    const answer = await api.readOnPhone(event.params.phone).catch((error: unknown) => refuse(error))
    return 'data' in answer ? answer : undefined
  },
  power: async (event) => {
    const { online } = await textsOf(event.request, ['online'])
    const api = await account(event)
    const answer = await api
      .setPhoneOnline(event.params.phone, online === 'yes')
      .catch((error: unknown) => refuse(error))
    return 'data' in answer ? answer : undefined
  },
  delete: async (event) => {
    const api = await account(event)
    const answer = await api.deletePhone(event.params.phone).catch((error: unknown) => refuse(error))
    if (answer) return answer
    redirect(303, `/${event.params.tenant}/${event.params.mode}/phones`)
  },
}
