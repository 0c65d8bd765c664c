import { error } from '@sveltejs/kit'
import { changePlan } from '@wagate/api/plan.ts'
import { account } from '#lib/server/account.ts'
import { act } from '#lib/server/act.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'
import { around, daysOf, monthOf } from './month.ts'

export const load: PageServerLoad = async (event) => {
  const now = new Date()
  const month = monthOf(event.url.searchParams.get('month'), now)
  const api = await account(event)
  const [plan, plans, usage] = await Promise.all([
    orError(api.getPlan()),
    orError(api.listPlans()),
    orError(api.getUsage(daysOf(month, now))),
  ])
  return { plan, plans: plans.data, usage, month, around: around(month, now) }
}

export const actions: Actions = {
  plan: async (event) => {
    const { data: wanted } = changePlan.safeParse(await textsOf(event.request, ['plan']))
    if (!wanted) error(400, 'There is no such plan.')
    const api = await account(event)
    return act('plan', async () => ({ status: (await api.changePlan(wanted)).status }), wanted)
  },
}
