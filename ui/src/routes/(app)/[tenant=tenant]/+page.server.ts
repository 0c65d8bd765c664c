import { redirect } from '@sveltejs/kit'
import { readPlace } from '#lib/server/cookies.ts'
import type { PageServerLoad } from './$types'

/** In the mode that was last looked at; whoever is new begins in test mode. */
export const load: PageServerLoad = ({ cookies, params }) => {
  const last = readPlace(cookies)
  redirect(303, `/${params.tenant}/${last?.tenantId === params.tenant ? last.mode : 'test'}`)
}
