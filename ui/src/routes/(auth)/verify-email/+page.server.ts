import { redirect } from '@sveltejs/kit'
import { mailedToken } from '#lib/mailed-token.ts'
import { keepFirstKey, keepSession } from '#lib/server/cookies.ts'
import { textsOf } from '#lib/server/form.ts'
import { anybody } from '#lib/server/gateway.ts'
import { refuse } from '#lib/server/problem.ts'
import type { Actions } from './$types'

/** Opening the page changes nothing: programs that look through mails open links too. */
export const actions: Actions = {
  default: async (event) => {
    const { link, password } = await textsOf(event.request, ['link', 'password'])
    const answer = await anybody(event)
      .verifyEmail({ token: mailedToken(link), password })
      .catch((error: unknown) => refuse(error))
    if ('data' in answer) return answer
    keepSession(event.cookies, event.url, answer.session_token)
    const { tenant, api_key } = answer
    if (tenant && api_key !== null) keepFirstKey(event.cookies, event.url, tenant.id, api_key)
    redirect(303, '/')
  },
}
