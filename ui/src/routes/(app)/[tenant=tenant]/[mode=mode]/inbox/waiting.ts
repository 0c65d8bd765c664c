// Messages that wait are told by the engine that has them, later by events, and by nobody in the moment between.
import type { Message } from '@wagate/api/message.ts'
import type { Page } from '@wagate/api/paging.ts'

const waits = ({ status }: Message): boolean => status === 'queued' || status === 'sending'

/** The first page as it was read again, with what waited before and has not come back as anything else: it did not go away. */
export function withWaiting(page: Page<Message>, known: readonly Message[]): Page<Message> {
  const told = new Set(page.data.map(({ id }) => id))
  const last = page.next_cursor === null ? undefined : page.data.at(-1)
  const kept = known.filter((message) => waits(message) && !told.has(message.id) && (!last || message.id > last.id))
  if (kept.length === 0) return page
  return { ...page, data: [...page.data, ...kept].toSorted((one, other) => (one.id < other.id ? 1 : -1)) }
}
