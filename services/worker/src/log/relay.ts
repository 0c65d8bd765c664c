// Publishes the events of the log, in order, once the record behind them is stored. What was published is written down
// with the next append; after a takeover the rest is published again under the same ids.
import type { LoggedEvent } from './memory.ts'

export type RelayDeps = {
  /** Resolves when the append of that ticket is stored; rejects when the owner was fenced. */
  durable: (ticket: number) => Promise<void>
  isDurable: (ticket: number) => boolean
  publish: (event: LoggedEvent) => Promise<void>
  /** Resolves when it is time to try again after a failure. */
  pause: (attempt: number) => Promise<void>
}

export type Relay = {
  push: (events: LoggedEvent[], ticket: number) => void
  /** Sequence up to which everything is published. */
  relayed: () => number
  /** What was pushed and is not published, in order. */
  unpublished: () => LoggedEvent[]
  /** Resolves when all that was pushed is published. */
  idle: () => Promise<void>
  stop: () => void
}

export function createRelay(deps: RelayDeps, relayedBefore: number): Relay {
  const waiting: { event: LoggedEvent; ticket: number }[] = []
  let relayed = relayedBefore
  let running: Promise<void> | undefined
  let stopped = false

  /** One at a time: beside it a later event could be stored while this one is lost with a broker that goes, and come first. */
  async function publishUntilStored(event: LoggedEvent): Promise<void> {
    for (let attempt = 1; !stopped; attempt++) {
      try {
        return await deps.publish(event)
      } catch {
        await deps.pause(attempt)
      }
    }
  }

  async function drain(): Promise<void> {
    try {
      for (let next = waiting[0]; next && !stopped; next = waiting[0]) {
        if (!deps.isDurable(next.ticket)) await deps.durable(next.ticket)
        await publishUntilStored(next.event)
        if (stopped) return
        waiting.shift()
        relayed = next.event.sequence
      }
    } catch {
      stopped = true // fenced: the next owner publishes the rest
    } finally {
      running = undefined
    }
  }

  return {
    push(events, ticket) {
      if (stopped || events.length === 0) return
      for (const event of events) waiting.push({ event, ticket })
      running ??= drain()
    },
    relayed: () => relayed,
    unpublished: () => waiting.map(({ event }) => event),
    async idle() {
      while (running) await running
    },
    stop() {
      stopped = true
      waiting.length = 0
    },
  }
}
