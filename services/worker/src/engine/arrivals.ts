// When the sessions of a partition that was taken over are all where they belong: connected, or with nothing to connect to
// before a person acts.
import type { SessionStatus } from '@wagate/messages/control.ts'

export type Arrival = {
  partition: string
  sessions: number
  /** When each session that connected did, in ms since 1970. */
  connectedAtMs: number[]
}

/** Whether a session of that status is where it can be for now. */
const isSettled: Record<SessionStatus, boolean> = {
  starting: false,
  connecting: false,
  connected: true,
  awaiting_qr: true,
  quarantined: true,
  closed: true,
}

export function createArrivals(deps: { nowMs: () => number; onArrived: (arrival: Arrival) => void }) {
  const expected = new Map<string, { waiting: Set<string>; sessions: number; connectedAtMs: number[] }>()

  function settle(sessionId: string, connected: boolean): void {
    for (const [partition, arrival] of expected) {
      if (!arrival.waiting.delete(sessionId)) continue
      if (connected) arrival.connectedAtMs.push(deps.nowMs())
      finish(partition)
    }
  }

  function finish(partition: string): void {
    const arrival = expected.get(partition)
    if (!arrival || arrival.waiting.size > 0) return
    expected.delete(partition)
    deps.onArrived({ partition, sessions: arrival.sessions, connectedAtMs: arrival.connectedAtMs })
  }

  return {
    expect(partition: string, sessionIds: readonly string[]): void {
      expected.set(partition, { waiting: new Set(sessionIds), sessions: sessionIds.length, connectedAtMs: [] })
      finish(partition)
    },
    /** A session whose proxy does not let it through is where it can be for now. */
    status(sessionId: string, status: SessionStatus, isProxyFailing = false): void {
      if (isSettled[status] || isProxyFailing) settle(sessionId, status === 'connected')
    },
    removed: (sessionId: string): void => settle(sessionId, false),
    dropped: (partition: string): void => void expected.delete(partition),
  }
}
export type Arrivals = ReturnType<typeof createArrivals>
