import { redirect } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

/** Whoever builds begins with the first steps; everybody else with how things stand. */
export const load: PageServerLoad = async ({ parent }) => {
  const { home, mode, scopes } = await parent()
  if (mode === 'test' && scopes.includes('sandbox')) redirect(303, `${home}/start`)
  redirect(303, scopes.includes('usage:read') ? `${home}/overview` : `${home}/sessions`)
}
