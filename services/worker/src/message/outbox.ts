// Which message goes next, and whether there is room for more. The queue itself is part of the session's memory.
import { lanes } from '@wagate/messages/commands.ts'
import type { QueuedMessage } from '../log/records.ts'

/** One session's backlog; beyond it the gateway answers 429, and clears at the lower mark. */
export const outboxLimit = { messages: 1_000, bytes: 8 * 1024 * 1024, clearsAt: 800 }

/** Commands of a session that wait in memory, unacknowledged and in order, for room in its outbox; more are put off. */
export const waitingLimit = { messages: 2_000, bytes: 8 * 1024 * 1024 }

/** In WhatsApp's hands and unacknowledged at once, per session. */
export const sendWindow = 32

/** The oldest message of the most urgent lane that has one: order within a lane is the order of acceptance. */
export function nextMessage(queue: ReadonlyMap<string, QueuedMessage>): QueuedMessage | undefined {
  let best: QueuedMessage | undefined
  for (const message of queue.values()) {
    if (!best || lanes.indexOf(message.lane) < lanes.indexOf(best.lane)) best = message
    if (best.lane === lanes[0]) break
  }
  return best
}

export const bytesOf = (message: Pick<QueuedMessage, 'content'>): number =>
  200 + (message.content.type === 'text' ? Buffer.byteLength(message.content.text.body) : 0)
