// Acknowledgements of AckAll consumers, kept for a moment and sent together. One settles everything before it, so of many only the
// last is needed; and a write to the socket for each message costs a quiet service more than handling it. What a crash
// leaves unacknowledged comes again, as it may at any time.
import type { NatsLink } from './nats-link.ts'
import { acknowledge } from './settle.ts'

/** Much shorter than any `ack_wait`, and long enough for consumers that share a connection to share a write. */
const delayMs = 100

export function createLateAcks(link: NatsLink) {
  /** By consumer, where to answer for its last handled message. */
  const last = new Map<string, string>()
  let isDue = false

  const sendAll = (): void => {
    isDue = false
    for (const reply of last.values()) acknowledge(link, reply)
    last.clear()
  }

  return {
    /** `reply` settles everything that the consumer delivered up to it. */
    add(consumer: string, reply: string): void {
      last.set(consumer, reply)
      if (!isDue) setTimeout(sendAll, delayMs)
      isDue = true
    },
    /** Sends what waits for that consumer at once: it is about to be closed. */
    send(consumer: string): void {
      const reply = last.get(consumer)
      last.delete(consumer)
      if (reply !== undefined) acknowledge(link, reply)
    },
  }
}
export type LateAcks = ReturnType<typeof createLateAcks>
