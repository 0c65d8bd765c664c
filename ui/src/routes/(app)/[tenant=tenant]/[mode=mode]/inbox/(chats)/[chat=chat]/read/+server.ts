import { error, type RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError } from '#lib/server/problem.ts'

/** Somebody has the conversation before them, up to a message. */
export const POST: RequestHandler = async (event) => {
  const { chat = error(404) } = event.params
  const { message } = await textsOf(event.request, ['message'])
  const api = await account(event)
  await orError(api.markChatRead(chat, { message_id: message }))
  return new Response(null, { status: 204 })
}
