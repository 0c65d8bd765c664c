import { error, type RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError } from '#lib/server/problem.ts'

/** Somebody writes in the conversation, or stopped. */
export const POST: RequestHandler = async (event) => {
  const { chat = error(404) } = event.params
  const { state } = await textsOf(event.request, ['state'])
  const api = await account(event)
  await orError(api.showTyping(chat, { state: state === 'composing' ? 'composing' : 'paused' }))
  return new Response(null, { status: 204 })
}
