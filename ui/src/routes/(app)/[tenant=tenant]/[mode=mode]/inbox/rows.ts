// A conversation as it is shown: oldest first, a line before each day, what is on its way at the end.
import type { Message } from '@wagate/api/message.ts'
import type { Pending } from './unsettled.svelte.ts'

export type Row =
  | { kind: 'day'; key: string; at: string }
  | { kind: 'message'; key: string; message: Message }
  | { kind: 'pending'; key: string; pending: Pending }

/** `messages`: newest first. `dayOf`: which day a time is in where the reader is. */
export function rowsOf(
  messages: readonly Message[],
  pending: readonly Pending[],
  dayOf: (at: string) => string,
): Row[] {
  const rows: Row[] = []
  let day = ''
  for (const message of messages.toReversed()) {
    const its = dayOf(message.created_at)
    if (its !== day) rows.push({ kind: 'day', key: its, at: message.created_at })
    day = its
    rows.push({ kind: 'message', key: message.id, message })
  }
  const shown = new Set(messages.map(({ id }) => id))
  for (const one of pending)
    if (one.id === undefined || !shown.has(one.id)) rows.push({ kind: 'pending', key: one.key, pending: one })
  return rows
}
