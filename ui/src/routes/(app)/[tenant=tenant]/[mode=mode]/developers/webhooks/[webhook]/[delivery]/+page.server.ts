import { account } from '#lib/server/account.ts'
import { orError, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.depends('app:deliveries')
  const { webhook: id, delivery } = event.params
  const api = await account(event)
  const [webhook, found] = await Promise.all([orError(api.getWebhook(id)), orError(api.getDelivery(id, delivery))])
  return { webhook, delivery: found }
}

export const actions: Actions = {
  resend: async (event) => {
    const { webhook, delivery } = event.params
    const api = await account(event)
    try {
      await api.resendDelivery(webhook, delivery)
      return { done: true }
    } catch (error) {
      return refuse(error)
    }
  },
}
