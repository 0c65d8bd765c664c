import { redirect } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'
import { isPlan, plans } from './plans.ts'

const states = ['active', 'suspended', 'deleting'] as const

export const load: PageServerLoad = async (event) => {
  event.depends('app:tenants')
  const asked = event.url.searchParams
  const q = asked.get('q')?.trim() ?? ''
  const status = states.find((state) => state === asked.get('status'))
  const plan = plans.find((name) => name === asked.get('plan'))
  const cursor = asked.get('cursor')
  const api = await account(event)
  const [page, wishes] = await Promise.all([
    orError(
      api.listTenants({
        limit: 50,
        ...(q !== '' && (q.includes('@') ? { owner_email: q } : { q })),
        ...(status && { status }),
        ...(plan && { plan }),
        ...(cursor !== null && { cursor }),
      }),
    ),
    orError(api.listPlanRequests()),
  ])
  return { accounts: page.data, next: page.next_cursor, wishes: wishes.data, q, status: status ?? '', plan: plan ?? '' }
}

export const actions: Actions = {
  create: async (event) => {
    const { name, plan, owner_email } = await textsOf(event.request, ['name', 'plan', 'owner_email'])
    const email = owner_email.trim()
    const api = await account(event)
    const answer = await api
      .createTenant({ name, ...(isPlan(plan) && { plan }), ...(email !== '' && { owner_email: email }) })
      .catch((error: unknown) => refuse(error, { name, plan, owner_email }))
    if ('data' in answer) return answer
    redirect(303, `/operator/accounts/${answer.tenant.id}`)
  },
}
