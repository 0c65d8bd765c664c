import { redirect } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

/** Where the link of an invitation leads: the start shows it to whoever is signed in with the address that was invited. */
export const load: PageServerLoad = () => redirect(303, '/')
