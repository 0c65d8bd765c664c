import { account } from '#lib/server/account.ts'
import { orError, orNothing } from '#lib/server/problem.ts'
import type { LayoutServerLoad } from './$types'

/** What every page of the inbox needs, and what changes seldom. */
export const load: LayoutServerLoad = async (event) => {
  event.depends('app:sessions')
  const api = await account(event)
  const [sessions, members, replies] = await Promise.all([
    orError(api.listSessions({ limit: 100 })),
    orNothing(api.listMembers()),
    orError(api.listQuickReplies()),
  ])
  return { sessions: sessions.data, members: members?.data ?? [], replies: replies.data, full: true }
}
