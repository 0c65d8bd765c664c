import { redirect } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

/**
 * Where the link of an invitation leads, which lets nobody in by itself: the start shows it to whoever is signed in with the address that
 * was invited.
 */
export const load: PageServerLoad = ({ locals }) => {
  if (locals.sessionToken !== undefined) redirect(303, '/')
}
