import { redirect } from '@sveltejs/kit'
import { signedIn, signInFor } from '#lib/server/account.ts'
import { people } from '#lib/server/gateway.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async (event) => {
  event.depends('app:me')
  if (event.locals.sessionToken === undefined) redirect(303, signInFor(event.url))
  return { me: await signedIn(event, people(event).me()) }
}
