import { redirect } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

/** Whoever builds begins with the first steps; everybody else with the sessions. */
export const load: PageServerLoad = async ({ parent }) => {
  const { home, mode, scopes } = await parent()
  redirect(303, mode === 'test' && scopes.includes('sandbox') ? `${home}/start` : `${home}/sessions`)
}
