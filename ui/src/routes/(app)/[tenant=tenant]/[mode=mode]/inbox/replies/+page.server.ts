import { actIn } from '#lib/server/act.ts'
import { textsOf } from '#lib/server/form.ts'
import type { Actions, PageServerLoad } from './$types'

// The replies themselves are the inbox's.
export const load: PageServerLoad = () => ({ full: false })

export const actions: Actions = {
  create: async (event) => {
    const given = await textsOf(event.request, ['shortcut', 'text'])
    return actIn(event, 'create', (api) => api.createQuickReply(given), given)
  },
  update: async (event) => {
    const { id, ...given } = await textsOf(event.request, ['id', 'shortcut', 'text'])
    return actIn(event, id, (api) => api.updateQuickReply(id, given), given)
  },
  delete: async (event) => {
    const { id } = await textsOf(event.request, ['id'])
    return actIn(event, id, (api) => api.deleteQuickReply(id))
  },
}
