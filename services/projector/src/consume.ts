// EVENTS → batches for the projector, shard by shard, in order.
import { parseStoredEvent } from '@wagate/messages/stored-event.ts'
import { parseEventSubject } from '@wagate/messages/subjects.ts'
import type { BatchTools, BrokerMessage } from '@wagate/runtime/broker.ts'
import type { Batch } from './apply.ts'
import type { PutAside } from './projector.ts'
import type { StoredEvent } from './stored-event.ts'

export type ConsumeDeps = {
  project(batch: Batch, putAside: PutAside): Promise<void>
  /** Told after an event has been stored in DEAD_LETTERS. */
  onPutAside(consumer: string, seq: number, reason: string): void
  /** An event type of a newer version, which concerns no view of this one. */
  onUnknownType(subject: string): void
}

/** The handler of one consumer: resolves when the batch is in the views, and its poison in DEAD_LETTERS. */
export function createHandler(deps: ConsumeDeps, consumer: string) {
  return async (messages: BrokerMessage[], tools: Pick<BatchTools, 'deadLetter'>): Promise<void> => {
    const last = messages.at(-1)
    if (!last) return
    const putAside = async (seq: number, reason: string): Promise<void> => {
      const message = messages.find((one) => one.seq === seq)
      if (message) await tools.deadLetter(message, reason)
      deps.onPutAside(consumer, seq, reason)
    }
    const events: StoredEvent[] = []
    for (const message of messages) {
      const parsed = parseStoredEvent(message)
      if (parsed.ok) events.push({ seq: message.seq, event: parsed.event })
      else if (parseEventSubject(message.subject)) await putAside(message.seq, parsed.reason)
      else deps.onUnknownType(message.subject)
    }
    const end = { consumer, seq: last.seq, storedAt: last.time }
    await deps.project({ events, end }, (stored, reason) => putAside(stored.seq, reason))
  }
}
