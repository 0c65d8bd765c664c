// What was taken over, from whom and why, and how long it took until the last session was connected: told in the bucket
// `failovers` and as metrics.
import type { FailoverReason, FailoverRecord } from '@wagate/messages/fleet.ts'

export type FailoverDeps = {
  self: string
  host: string
  now: () => Date
  monotonicMs: () => number
  newId: () => string
  store: (record: FailoverRecord) => Promise<void>
  observe: (reason: FailoverReason, seconds: number) => void
  log: (event: string, fields: Record<string, unknown>) => void
}

type Group = {
  reason: FailoverReason
  from: string
  to: string
  at: string
  openedAtMs: number
  /** Still on their way, with when each one's sessions were last seen to be hosted, in ms since 1970. */
  waiting: Map<string, number>
  partitions: string[]
  sessions: number
  longestMs: number
}

/** Partitions that follow each other this closely are one failover. */
const togetherMs = 3_000
/** What has not arrived by then is told without its duration. */
const patienceMs = 120_000
/** For so long what is not urgent waits for sessions that are on their way; some may never connect. */
const settlingMs = 30_000

export function createFailovers(deps: FailoverDeps) {
  const groups = new Set<Group>()

  function close(group: Group, complete: boolean): void {
    groups.delete(group)
    const { reason, from, to, at, partitions, sessions, longestMs } = group
    const durationMs = complete ? { durationMs: Math.max(0, Math.round(longestMs)) } : {}
    const record: FailoverRecord = {
      v: 1,
      failoverId: deps.newId(),
      at,
      reason,
      from,
      to,
      host: deps.host,
      partitions,
      sessions,
      ...durationMs,
    }
    deps.log('failover', { reason, from, to, partitions: partitions.length, sessions, ...durationMs })
    void deps.store(record).catch(() => {})
  }

  return {
    /** `sinceMs`: when the old owner was last known to host them, in ms since 1970. */
    begin(reason: FailoverReason, from: string, partition: string, sinceMs: number, to = deps.self): void {
      const nowMs = deps.monotonicMs()
      const together = [...groups].find(
        (group) =>
          group.reason === reason && group.from === from && group.to === to && nowMs - group.openedAtMs < togetherMs,
      )
      const group: Group = together ?? {
        ...{ reason, from, to, at: deps.now().toISOString(), openedAtMs: nowMs },
        ...{ waiting: new Map(), partitions: [], sessions: 0, longestMs: 0 },
      }
      groups.add(group)
      group.waiting.set(partition, sinceMs)
      group.partitions.push(partition)
    },

    /** The old owner told when it closed its sockets. */
    since(partition: string, sinceMs: number): void {
      for (const { waiting } of groups) if (waiting.has(partition)) waiting.set(partition, sinceMs)
    },

    arrived(partition: string, sessions: number, connectedAtMs: readonly number[]): void {
      for (const group of groups) {
        const sinceMs = group.waiting.get(partition)
        if (sinceMs === undefined) continue
        group.waiting.delete(partition)
        group.sessions += sessions
        for (const atMs of connectedAtMs) {
          deps.observe(group.reason, Math.max(0, atMs - sinceMs) / 1_000)
          group.longestMs = Math.max(group.longestMs, atMs - sinceMs)
        }
      }
    },

    /** Sessions of a failover are still logging in, and whatever else happens would delay them. */
    isSettling: (): boolean =>
      [...groups].some(({ waiting, openedAtMs }) => waiting.size > 0 && deps.monotonicMs() - openedAtMs < settlingMs),

    /** Tells what is complete; called about every second. */
    tick(): void {
      for (const group of groups) {
        const ageMs = deps.monotonicMs() - group.openedAtMs
        if (group.waiting.size === 0 && ageMs > togetherMs) close(group, true)
        else if (ageMs > patienceMs) close(group, false)
      }
    },
  }
}
export type Failovers = ReturnType<typeof createFailovers>
