import { mailedToken } from '#lib/mailed-token.ts'
import { textsOf } from '#lib/server/form.ts'
import { people } from '#lib/server/gateway.ts'
import { refuse } from '#lib/server/problem.ts'
import type { Actions } from './$types'

/** The link works for the one who asked for it, signed in; opening the page changes nothing. */
export const actions: Actions = {
  default: async (event) => {
    const { link } = await textsOf(event.request, ['link'])
    const answer = await people(event)
      .confirmEmail({ token: mailedToken(link) })
      .catch((error: unknown) => refuse(error))
    return 'data' in answer ? answer : { email: answer.email }
  },
}
