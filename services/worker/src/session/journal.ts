// One way to change a session: begin the append, fold the record into the memory, hand its events to the relay.
import { isWorthLeaving } from '../log/crashes.ts'
import { apply, type Memory } from '../log/memory.ts'
import type { Lifecycle, LogRecord } from '../log/records.ts'
import type { Relay } from '../log/relay.ts'
import type { SessionLog } from '../log/session-log.ts'

export type JournalDeps = {
  memory: Memory
  log: Pick<SessionLog, 'append' | 'begun'>
  relay: Pick<Relay, 'push'>
  released: () => boolean
  now: () => Date
}

export type Journal = ReturnType<typeof createJournal>

export function createJournal({ memory, log, relay, released, now }: JournalDeps) {
  /** Returns the append's ticket. After the release nothing is written: no frame can leave any more that would depend on it. */
  function append(records: LogRecord[], options: { lazy?: boolean } = {}): number {
    if (released()) return log.begun
    const ticket = log.append(records, options)
    relay.push(
      records.flatMap((record) => apply(memory, record)),
      ticket,
    )
    return ticket
  }

  return {
    append,
    released,
    lifecycle: (lifecycle: Lifecycle): number => append([{ kind: 'LIFECYCLE', lifecycle }]),
    at: (): string => now().toISOString(),
    /** The owner goes in good order, if anybody would want to know. */
    left(): void {
      const { crashes, linked, closed } = memory
      if ((linked && !closed) || isWorthLeaving(crashes, now().getTime()))
        append([{ kind: 'LEFT', at: now().toISOString() }])
    },
  }
}
