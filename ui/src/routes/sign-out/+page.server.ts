import { redirect } from '@sveltejs/kit'
import { forgetSession } from '#lib/server/cookies.ts'
import { people } from '#lib/server/gateway.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = () => redirect(303, '/')

export const actions: Actions = {
  default: async (event) => {
    // Over already, or the gateway is away: this device forgets it all the same.
    await people(event)
      .signOut()
      .catch(() => {})
    forgetSession(event.cookies, event.url)
    redirect(303, '/sign-in')
  },
}
