import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = async (event) => {
  event.depends('app:workers')
  const api = await account(event)
  const [workers, capacity] = await Promise.all([orError(api.listWorkers()), orError(api.getCapacity())])
  return { workers: workers.data, pools: capacity.data }
}

const order =
  (verb: 'drainWorker' | 'undrainWorker'): Actions[string] =>
  async (event) => {
    const { worker } = await textsOf(event.request, ['worker'])
    const api = await account(event)
    try {
      await api[verb](worker)
      return { done: worker }
    } catch (error) {
      return refuse(error, { worker })
    }
  }

export const actions: Actions = { drain: order('drainWorker'), undrain: order('undrainWorker') }
