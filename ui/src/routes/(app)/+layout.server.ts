import { redirect } from '@sveltejs/kit'
import { ApiError } from '@wagate/api/call.ts'
import { forgetSession } from '#lib/server/cookies.ts'
import { people } from '#lib/server/gateway.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async (event) => {
  const { pathname, search } = event.url
  const signIn = pathname === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(pathname + search)}`
  if (event.locals.sessionToken === undefined) redirect(303, signIn)
  try {
    return { me: await people(event).me() }
  } catch (error) {
    if (!(error instanceof ApiError) || error.problem.status !== 401) throw error
    forgetSession(event.cookies, event.url)
    redirect(303, signIn)
  }
}
