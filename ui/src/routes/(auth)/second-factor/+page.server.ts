import { redirect } from '@sveltejs/kit'
import { keepSession } from '#lib/server/cookies.ts'
import { textsOf } from '#lib/server/form.ts'
import { anybody } from '#lib/server/gateway.ts'
import { pathWithin } from '#lib/server/path.ts'
import { refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'
import { challengeOf, forgetChallenge } from './challenge.ts'

export const load: PageServerLoad = (event) => {
  if (challengeOf(event) === undefined) redirect(303, '/sign-in')
}

export const actions: Actions = {
  default: async (event) => {
    const challenge = challengeOf(event)
    if (challenge === undefined) redirect(303, '/sign-in')
    const { code, backup_code } = await textsOf(event.request, ['code', 'backup_code'])
    const factor = backup_code === '' ? { code } : { backup_code }
    const answer = await anybody(event)
      .passSecondFactor({ challenge, ...factor })
      .catch((error: unknown) => refuse(error))
    if ('data' in answer) return answer
    forgetChallenge(event)
    keepSession(event.cookies, event.url, answer.session_token)
    redirect(303, pathWithin(event.url.searchParams.get('next')))
  },
}
