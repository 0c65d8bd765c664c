import { account } from '#lib/server/account.ts'
import { textsOf } from '#lib/server/form.ts'
import { orError, refuse } from '#lib/server/problem.ts'
import type { Actions, PageServerLoad } from './$types'

const streams = ['COMMANDS', 'EVENTS', 'AUDIT'] as const

export const load: PageServerLoad = async (event) => {
  event.depends('app:dead_letters')
  const asked = event.url.searchParams
  const stream = streams.find((name) => name === asked.get('stream'))
  const cursor = asked.get('cursor')
  const api = await account(event)
  const { data, next_cursor } = await orError(
    api.listDeadLetters({ limit: 50, ...(stream && { stream }), ...(cursor !== null && { cursor }) }),
  )
  return { letters: data, next: next_cursor, streams, stream: stream ?? '' }
}

const act =
  (verb: 'retryDeadLetter' | 'deleteDeadLetter'): Actions[string] =>
  async (event) => {
    const { sequence } = await textsOf(event.request, ['sequence'])
    const api = await account(event)
    try {
      await api[verb](Number(sequence))
      return { done: sequence }
    } catch (error) {
      return refuse(error, { sequence })
    }
  }

export const actions: Actions = { retry: act('retryDeadLetter'), delete: act('deleteDeadLetter') }
