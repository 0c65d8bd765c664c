import { error, type RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'

/** Somebody has the conversation before them. */
export const POST: RequestHandler = async (event) => {
  const { chat = error(404) } = event.params
  const api = await account(event)
  await orError(api.watchChat(chat))
  return new Response(null, { status: 204 })
}
