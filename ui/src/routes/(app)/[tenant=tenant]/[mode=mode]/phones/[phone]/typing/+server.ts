import { error, type RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError } from '#lib/server/problem.ts'

/** Somebody writes on the phone, or stopped. */
export const POST: RequestHandler = async (event) => {
  const { phone = error(404) } = event.params
  const { to, state } = await textsOf(event.request, ['to', 'state'])
  const api = await account(event)
  await orError(api.typeOnPhone(phone, { to, state: state === 'composing' ? 'composing' : 'paused' }))
  return new Response(null, { status: 204 })
}
