import { redirect } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

/** Mails about the deletion of an account lead here. */
export const load: PageServerLoad = () => redirect(303, '/')
