import { redirect } from '@sveltejs/kit'
import { deliveryStatuses } from '@wagate/api/webhook.ts'
import { account } from '#lib/server/account.ts'
import { act, actIn } from '#lib/server/act.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError } from '#lib/server/problem.ts'
import { fieldsOf, typesByEntity } from '../fields.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  // A delivery is no event of its own: it is made by one.
  for (const topic of ['deliveries', 'messages', 'sessions']) event.depends(`app:${topic}`)
  const query = event.url.searchParams
  const cursor = query.get('cursor')
  const status = deliveryStatuses.find((one) => one === query.get('status'))
  const api = await account(event)
  const id = event.params.webhook
  const [webhook, deliveries] = await Promise.all([
    orError(api.getWebhook(id)),
    orError(api.listDeliveries(id, { limit: 30, ...(cursor !== null && { cursor }), ...(status && { status }) })),
  ])
  return { webhook, deliveries: deliveries.data, next: deliveries.next_cursor, status, types: typesByEntity() }
}

export const actions: Actions = {
  update: async (event) => {
    const fields = await fieldsOf(event.request)
    return actIn(event, 'update', (api) => api.updateWebhook(event.params.webhook, fields))
  },
  enable: async (event) => {
    const { enabled } = await textsOf(event.request, ['enabled'])
    return actIn(event, 'enable', (api) => api.updateWebhook(event.params.webhook, { enabled: enabled === 'yes' }))
  },
  rotate: async (event) => {
    const api = await account(event)
    return act('rotate', async () => {
      const { id, secret } = await api.rotateWebhookSecret(event.params.webhook)
      event.setHeaders({ 'cache-control': 'no-store' })
      return { made: { id, secret } }
    })
  },
  test: async (event) => {
    const api = await account(event)
    const answer = await act('test', async () => ({ delivery: (await api.testWebhook(event.params.webhook)).id }))
    if (!('delivery' in answer)) return answer
    const { tenant, mode, webhook } = event.params
    redirect(303, `/${tenant}/${mode}/developers/webhooks/${webhook}/${answer.delivery}`)
  },
  resend: async (event) => {
    const { delivery } = await textsOf(event.request, ['delivery'])
    return actIn(event, 'resend', (api) => api.resendDelivery(event.params.webhook, delivery))
  },
  delete: async (event) => {
    const answer = await actIn(event, 'delete', (api) => api.deleteWebhook(event.params.webhook))
    if ('data' in answer) return answer
    redirect(303, `/${event.params.tenant}/${event.params.mode}/developers/webhooks`)
  },
}
