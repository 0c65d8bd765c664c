import { account } from '#lib/server/account.ts'
import { actIn } from '#lib/server/act.ts'
import { numberOf, textsOf } from '#lib/server/form.ts'
import { orError, orNothing } from '#lib/server/problem.ts'
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

export const actions: Actions = {
  suspend: async (event) => {
    const { reason } = await textsOf(event.request, ['reason'])
    return actIn(event, 'suspend', (api) => api.suspendTenant(event.params.account, { reason }))
  },
  activate: (event) => actIn(event, 'activate', (api) => api.activateTenant(event.params.account)),
  refuse: (event) => actIn(event, 'refuse', (api) => api.refusePlan(event.params.account)),
  keep: (event) => actIn(event, 'keep', (api) => api.keepTenant(event.params.account)),
  plan: async (event) => {
    const { plan, price } = await textsOf(event.request, ['plan', 'price'])
    const dollars = numberOf(price)
    return actIn(event, 'plan', async (api) => {
      const id = event.params.account
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
    return actIn(event, 'support', (api) =>
      api.openSupportAccess(event.params.account, { reason, minutes: numberOf(minutes) ?? 60 }),
    )
  },
  close: async (event) => {
    const { access } = await textsOf(event.request, ['access'])
    return actIn(event, 'close', (api) => api.closeSupportAccess(event.params.account, access))
  },
}
