import { redirect } from '@sveltejs/kit'
import { readPlace } from '#lib/server/cookies.ts'
import type { PageServerLoad } from './$types'

/** Mails lead here: to the settings of the account that was last looked at, or the only one. */
export const load: PageServerLoad = async ({ cookies, parent }) => {
  const customers = (await parent()).me.tenants.filter(({ operators }) => !operators)
  const last = readPlace(cookies)
  if (last && customers.some(({ id }) => id === last.tenantId)) redirect(303, `/${last.tenantId}/${last.mode}/settings`)
  const [only] = customers
  redirect(303, only && customers.length === 1 ? `/${only.id}/live/settings` : '/accounts')
}
