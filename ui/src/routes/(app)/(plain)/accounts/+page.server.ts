import { textsOf } from '#lib/server/form.ts'
import { people } from '#lib/server/gateway.ts'
import { refuse } from '#lib/server/problem.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  accept: async (event) => {
    const { id } = await textsOf(event.request, ['id'])
    const answer = await people(event)
      .acceptInvitation(id)
      .catch((error: unknown) => refuse(error))
    return 'data' in answer ? answer : undefined
  },
}
