import { error, json, type RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'

/** Older messages, for a conversation that is scrolled. */
export const GET: RequestHandler = async (event) => {
  const { chat = error(404) } = event.params
  const cursor = event.url.searchParams.get('cursor') ?? ''
  const api = await account(event)
  return json(await orError(api.listChatMessages(chat, { limit: 100, cursor })))
}
