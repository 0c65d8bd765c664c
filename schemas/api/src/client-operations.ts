// What the client offers to operators about the broker and the processes. It needs an operator's key, or an operator's token.
import type { CallOptions, PageOptions } from './client.ts'
import type { DeadLetter, DeadLettersQuery } from './dead-letter.ts'
import type { Page } from './paging.ts'
import type { StreamStates } from './stream-state.ts'
import type { SystemHealth } from './system-health.ts'

type Calls = {
  get: <Answer>(path: string) => Promise<Answer>
  list: <Item>(path: string, options?: PageOptions) => Promise<Page<Item>>
  post: <Answer>(path: string, body: unknown, options?: CallOptions) => Promise<Answer>
  call: { empty: (method: string, path: string) => Promise<void> }
}
type DeadLetters = Omit<DeadLettersQuery, 'limit' | 'cursor'>

export function operationsMethods({ get, list, post, call }: Calls) {
  const letter = (sequence: number) => `/v1/admin/dead-letters/${sequence}`
  return {
    getSystemHealth: () => get<SystemHealth>('/v1/admin/health'),
    getStreams: () => get<StreamStates>('/v1/admin/streams'),
    listDeadLetters: (options?: PageOptions & DeadLetters) => list<DeadLetter>('/v1/admin/dead-letters', options),
    /** Puts it back where it came from. */
    retryDeadLetter: (sequence: number, options?: CallOptions) =>
      post<DeadLetter>(`${letter(sequence)}/retry`, undefined, options),
    deleteDeadLetter: (sequence: number) => call.empty('DELETE', letter(sequence)),
  }
}
