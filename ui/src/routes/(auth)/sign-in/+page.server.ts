import { redirect } from '@sveltejs/kit'
import { keepSession } from '#lib/server/cookies.ts'
import { textsOf } from '#lib/server/form.ts'
import { anybody } from '#lib/server/gateway.ts'
import { pathWithin } from '#lib/server/path.ts'
import { refuse } from '#lib/server/problem.ts'
import { keepChallenge } from '../second-factor/challenge.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async (event) => {
    const { email, password } = await textsOf(event.request, ['email', 'password'])
    const next = pathWithin(event.url.searchParams.get('next'))
    const answer = await anybody(event)
      .signIn({ email, password })
      .catch((error: unknown) => refuse(error, { email }))
    if ('data' in answer) return answer
    if (answer.session_token !== null) {
      keepSession(event.cookies, event.url, answer.session_token)
      redirect(303, next)
    }
    if (answer.second_factor) keepChallenge(event, answer.second_factor.challenge)
    redirect(303, `/second-factor?next=${encodeURIComponent(next)}`)
  },
}
