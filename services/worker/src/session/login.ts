// The first login of an owner: at once, or not yet, because WhatsApp or the fate of the owners before it says so.
import { loginAfter } from '../log/crashes.ts'
import type { Memory } from '../log/memory.ts'
import { quarantineAt } from '../log/standing.ts'
import type { Connection } from './connection.ts'
import type { ConnectionObserver } from './connection-counts.ts'
import { quarantineMs } from './disconnect.ts'
import type { createSetbacks } from './setbacks.ts'

export type LoginDeps = {
  memory: Memory
  connection: Pick<Connection, 'connect' | 'connectAfter' | 'rest'>
  setbacks: Pick<ReturnType<typeof createSetbacks>, 'quarantined'>
  observe: Pick<ConnectionObserver, 'quarantined'>
  /** It goes on with a quarantine that an earlier owner began. */
  rests: () => void
  now: () => Date
  random: () => number
}

export function logIn({ memory, connection, setbacks, observe, rests, now, random }: LoginDeps): void {
  const nowMs = now().getTime()
  if (memory.standing.quarantine?.reason === 'outdated') {
    connection.connect() // it may be another version that tries now
    return
  }
  if (quarantineAt(memory.standing, nowMs)) {
    rests()
    connection.rest()
    return
  }
  const login = loginAfter(memory.crashes, random())
  if (login !== 'held back') {
    connection.connectAfter(login.ms)
    return
  }
  observe.quarantined('crash_loop')
  setbacks.quarantined('crash_loop', 0, nowMs + quarantineMs('crash_loop', memory.standing, nowMs, undefined))
  connection.rest()
}
