// What was written to a chat and no event tells of yet: it waits, or WhatsApp has not acknowledged it.
import type { Party } from '@wagate/messages/envelope.ts'
import type { PendingMessage } from '@wagate/messages/questions.ts'
import type { Memory } from '../log/memory.ts'
import { chatOf } from '../log/outbound.ts'
import type { QueuedMessage } from '../log/records.ts'

/** An answer is one message of the broker, which holds eight times as much. */
const most = { messages: 50, bytes: 256 * 1024 }

/** The newest, in the order in which they were accepted. */
export function pendingFor(memory: Memory, chat: Party): PendingMessage[] {
  const given = [chat.phone, chat.lid].filter((name) => name !== undefined)
  const names = new Set(given.flatMap((name) => [name, ...Object.values(chatOf(memory, name))]))
  const isTo = ({ to }: QueuedMessage): boolean => names.has(to)
  const handed = [...memory.unacknowledged.values()].map(({ message }) => message).filter(isTo)
  const queued = [...memory.queue.values()].filter(isTo)
  const all = [...handed.map(pending('sending')), ...queued.map(pending('queued'))]
  return newest(all.toSorted((one, other) => (one.messageId < other.messageId ? -1 : 1)))
}

const pending =
  (state: PendingMessage['state']) =>
  ({ messageId, to, content, acceptedAt }: QueuedMessage): PendingMessage => ({
    ...{ messageId, state, to, content, acceptedAt },
  })

function newest(all: PendingMessage[]): PendingMessage[] {
  const kept: PendingMessage[] = []
  let bytes = 0
  for (const message of all.slice(-most.messages).reverse()) {
    bytes += Buffer.byteLength(JSON.stringify(message))
    if (bytes > most.bytes) break
    kept.unshift(message)
  }
  return kept
}
