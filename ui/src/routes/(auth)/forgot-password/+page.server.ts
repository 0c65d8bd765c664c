import { textsOf } from '#lib/server/form.ts'
import { anybody } from '#lib/server/gateway.ts'
import { refuse } from '#lib/server/problem.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async (event) => {
    const { email } = await textsOf(event.request, ['email'])
    const answer = await anybody(event)
      .requestPasswordReset({ email })
      .catch((error: unknown) => refuse(error, { email }))
    return 'data' in answer ? answer : { mailedTo: email }
  },
}
