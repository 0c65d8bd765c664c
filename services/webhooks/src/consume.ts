// EVENTS → what concerns some endpoint, shard by shard. A batch is acknowledged once its deliveries are in the database.
import { parseStoredEvent } from '@wagate/messages/stored-event.ts'
import { parseEventSubject } from '@wagate/messages/subjects.ts'
import type { BatchTools, BrokerMessage } from '@wagate/runtime/broker.ts'
import type { PutAside, StoredEvent } from './delivery/recorder.ts'

export type ConsumeDeps = {
  hasTenant(tenantId: string): boolean
  record(events: StoredEvent[], putAside: PutAside): Promise<void>
  /** Told after an event has been stored in DEAD_LETTERS. */
  onPutAside(consumer: string, seq: number, reason: string): void
}

export function createHandler(deps: ConsumeDeps, consumer: string) {
  return async (messages: BrokerMessage[], tools: Pick<BatchTools, 'deadLetter'>): Promise<void> => {
    const putAside = async (seq: number, reason: string): Promise<void> => {
      const message = messages.find((one) => one.seq === seq)
      if (message) await tools.deadLetter(message, reason)
      deps.onPutAside(consumer, seq, reason)
    }
    const events: StoredEvent[] = []
    for (const message of messages) {
      const address = parseEventSubject(message.subject)
      if (!address) continue // a type of a newer version
      // The mode of a session is needed later, even if nobody wants its events now.
      if (address.type !== 'session.created' && !deps.hasTenant(address.tenantId)) continue
      const parsed = parseStoredEvent(message)
      if (parsed.ok) events.push({ seq: message.seq, event: parsed.event })
      else await putAside(message.seq, parsed.reason)
    }
    if (events.length > 0) await deps.record(events, (stored, reason) => putAside(stored.seq, reason))
  }
}
