import { json, type RequestHandler } from '@sveltejs/kit'
import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'

/** For the number in the menu. */
export const GET: RequestHandler = async (event) => json(await orError((await account(event)).getChatCounts()))
