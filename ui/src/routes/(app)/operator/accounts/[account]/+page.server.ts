import type { RequestEvent } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { numberOf, textsOf } from '#lib/server/form.ts'
import { orError, orNothing, refuse } from '#lib/server/problem.ts'
import { isPlan } from '../plans.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.depends('app:tenants', 'app:support_accesses')
  const id = event.params.account
  const api = await account(event)
  const [customer, levels, accesses] = await Promise.all([
    orError(api.getTenantDetail(id)),
    orNothing(api.getTenantServiceLevels(id)),
    orError(api.listAllSupportAccesses({ tenant_id: id, limit: 10 })),
  ])
  return { customer, levels, accesses: accesses.data }
}

type Api = Awaited<ReturnType<typeof account>>

/** Does it, and says which form it was when it is refused. */
async function act(
  event: RequestEvent<{ account: string }>,
  form: string,
  deed: (api: Api, id: string) => Promise<unknown>,
) {
  const api = await account(event)
  try {
    await deed(api, event.params.account)
    return { done: form }
  } catch (error) {
    const refused = refuse(error)
    return { ...refused, data: { ...refused.data, form } }
  }
}

export const actions: Actions = {
  suspend: async (event) => {
    const { reason } = await textsOf(event.request, ['reason'])
    return act(event, 'suspend', (api, id) => api.suspendTenant(id, { reason }))
  },
  activate: (event) => act(event, 'activate', (api, id) => api.activateTenant(id)),
  refuse: (event) => act(event, 'refuse', (api, id) => api.refusePlan(id)),
  keep: (event) => act(event, 'keep', (api, id) => api.keepTenant(id)),
  plan: async (event) => {
    const { plan, price } = await textsOf(event.request, ['plan', 'price'])
    const dollars = numberOf(price)
    return act(event, 'plan', async (api, id) => {
      if (!isPlan(plan)) return
      // What was agreed on beside the price stays: this form does not show it.
      const { agreed_limits: limits } = await api.getTenantDetail(id)
      await api.setPlan(id, {
        plan,
        limits,
        ...(dollars !== null && { monthly_price_cents: Math.round(dollars * 100) }),
      })
    })
  },
  support: async (event) => {
    const { reason, minutes } = await textsOf(event.request, ['reason', 'minutes'])
    return act(event, 'support', (api, id) => api.openSupportAccess(id, { reason, minutes: numberOf(minutes) ?? 60 }))
  },
  close: async (event) => {
    const { access } = await textsOf(event.request, ['access'])
    return act(event, 'close', (api, id) => api.closeSupportAccess(id, access))
  },
}
