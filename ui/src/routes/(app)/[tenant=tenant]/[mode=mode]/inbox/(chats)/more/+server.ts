import { json, type RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'
import { chatsQueryOf, filtersOf } from '../../views.ts'

/** Older chats, for a list that is scrolled. */
export const GET: RequestHandler = async (event) => {
  const { searchParams } = event.url
  const cursor = searchParams.get('cursor') ?? ''
  const api = await account(event)
  return json(await orError(api.listChats({ limit: 50, cursor, ...chatsQueryOf(filtersOf(searchParams)) })))
}
