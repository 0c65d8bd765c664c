import { type RequestEvent, redirect } from '@sveltejs/kit'
import { deliveryStatuses } from '@wagate/api/webhook.ts'
import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError, refuse } from '#lib/server/problem.ts'
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

type Event = RequestEvent<{ tenant: string; mode: 'test' | 'live'; webhook: string }>
type Api = Awaited<ReturnType<typeof account>>

async function act<Made extends object>(event: Event, form: string, deed: (api: Api, id: string) => Promise<Made>) {
  const api = await account(event)
  try {
    return { form, ...(await deed(api, event.params.webhook)) }
  } catch (error) {
    const refused = refuse(error)
    return { ...refused, data: { ...refused.data, form } }
  }
}

export const actions: Actions = {
  update: async (event) => {
    const fields = await fieldsOf(event.request)
    return act(event, 'update', async (api, id) => {
      await api.updateWebhook(id, fields)
      return {}
    })
  },
  enable: async (event) => {
    const { enabled } = await textsOf(event.request, ['enabled'])
    return act(event, 'enable', async (api, id) => {
      await api.updateWebhook(id, { enabled: enabled === 'yes' })
      return {}
    })
  },
  rotate: (event) =>
    act(event, 'rotate', async (api, id) => {
      const { secret } = await api.rotateWebhookSecret(id)
      event.setHeaders({ 'cache-control': 'no-store' })
      return { made: { id, secret } }
    }),
  test: async (event) => {
    const answer = await act(event, 'test', async (api, id) => ({ delivery: (await api.testWebhook(id)).id }))
    if ('status' in answer) return answer
    const { tenant, mode, webhook } = event.params
    redirect(303, `/${tenant}/${mode}/developers/webhooks/${webhook}/${answer.delivery}`)
  },
  resend: async (event) => {
    const { delivery } = await textsOf(event.request, ['delivery'])
    return act(event, 'resend', async (api, id) => {
      await api.resendDelivery(id, delivery)
      return {}
    })
  },
  delete: async (event) => {
    const answer = await act(event, 'delete', async (api, id) => {
      await api.deleteWebhook(id)
      return {}
    })
    if ('status' in answer) return answer
    redirect(303, `/${event.params.tenant}/${event.params.mode}/developers/webhooks`)
  },
}
