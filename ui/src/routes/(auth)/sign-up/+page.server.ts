import { textsOf } from '#lib/server/form.ts'
import { anybody } from '#lib/server/gateway.ts'
import { refuse } from '#lib/server/problem.ts'
import type { Actions } from './$types'

export const actions: Actions = {
  create: async (event) => {
    const { email, password, name, company } = await textsOf(event.request, ['email', 'password', 'name', 'company'])
    const body = { email, password, name, ...(company.trim() !== '' && { company }) }
    const answer = await anybody(event)
      .signUp(body)
      .catch((error: unknown) => refuse(error, { email, name, company }))
    return 'data' in answer ? answer : { mailedTo: email }
  },

  again: async (event) => {
    const { email } = await textsOf(event.request, ['email'])
    const answer = await anybody(event)
      .mailVerification({ email })
      .catch((error: unknown) => refuse(error, { email }))
    return 'data' in answer ? answer : { mailedTo: email }
  },
}
