import type { Event } from '@wagate/messages/events.ts'

/** An event as EVENTS holds it: `seq` is its position there, which orders the events of a session. */
export type StoredEvent<E extends Event = Event> = { seq: number; event: E }

/** An event that can never be projected; `message` says why and quotes none of its values. */
export class PoisonEvent extends Error {
  readonly seq: number
  constructor(seq: number, reason: string, options?: ErrorOptions) {
    super(reason, options)
    this.name = 'PoisonEvent'
    this.seq = seq
  }
}
