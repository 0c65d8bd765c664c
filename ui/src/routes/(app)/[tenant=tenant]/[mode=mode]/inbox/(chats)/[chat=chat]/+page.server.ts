import { topicsOfChat } from '#lib/live/topics.ts'
import { account } from '#lib/server/account.ts'
import { actIn } from '#lib/server/act.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  const api = await account(event)
  const [chat, messages] = await Promise.all([
    orError(api.getChat(event.params.chat)),
    orError(api.listChatMessages(event.params.chat, { limit: 50 })),
  ])
  for (const topic of topicsOfChat(chat)) event.depends(`app:${topic}`)
  return { chat, messages }
}

export const actions: Actions = {
  /** `key`: made by the page, so that what is sent again is not sent twice. */
  send: async (event) => {
    const { key, session, to, text } = await textsOf(event.request, ['key', 'session', 'to', 'text'])
    const api = await account(event)
    const answer = await api
      .sendMessage(session, { to, type: 'text', text: { body: text } }, key === '' ? {} : { idempotencyKey: key })
      .catch((error: unknown) => refuse(error, { text }))
    return 'data' in answer ? answer : { sent: answer.id }
  },
  assign: async (event) => {
    const { assignee } = await textsOf(event.request, ['assignee'])
    return actIn(event, 'assign', (api) =>
      api.updateChat(event.params.chat, { assignee_id: assignee === '' ? null : assignee }),
    )
  },
  /** A message that waits. */
  cancel: async (event) => {
    const { session, message } = await textsOf(event.request, ['session', 'message'])
    return actIn(event, 'cancel', (api) => api.cancelMessage(session, message))
  },
  read: (event) => actIn(event, 'read', (api) => api.markChatRead(event.params.chat)),
}
