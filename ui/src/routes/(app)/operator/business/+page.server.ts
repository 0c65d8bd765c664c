import { account } from '#lib/server/account.ts'
import { orError } from '#lib/server/problem.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => ({
  business: await orError((await account(event)).getBusiness()),
})
