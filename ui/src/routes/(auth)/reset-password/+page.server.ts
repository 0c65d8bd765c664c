import { mailedToken } from '#lib/mailed-token.ts'
import { textsOf } from '#lib/server/form.ts'
import { anybody } from '#lib/server/gateway.ts'
import { refuse } from '#lib/server/problem.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async (event) => {
    const { link, password } = await textsOf(event.request, ['link', 'password'])
    const refused = await anybody(event)
      .resetPassword({ token: mailedToken(link), password })
      .catch((error: unknown) => refuse(error))
    return refused ?? { saved: true }
  },
}
