import { redirect } from '@sveltejs/kit'
import { readPlace } from '#lib/server/cookies.ts'
import type { PageServerLoad } from './$types'

/** To where they were last, or to their only account; whoever has a choice, or an invitation, chooses. */
export const load: PageServerLoad = async ({ cookies, parent }) => {
  const { tenants, invitations } = (await parent()).me
  const last = readPlace(cookies)
  const [only] = tenants
  if (invitations.length > 0) redirect(303, '/accounts')
  if (last && tenants.some(({ id }) => id === last.tenantId)) redirect(303, `/${last.tenantId}/${last.mode}`)
  if (!only || tenants.length > 1) redirect(303, '/accounts')
  redirect(303, only.operators ? '/operator' : `/${only.id}`)
}
