// Which session of an engine takes its snapshot next: a few at a time, the longest log first, none while the object store is away.
import type { Snapshotter } from './snapshotter.ts'

export type SnapshotRule = {
  /** Records without a snapshot after which one is due. */
  records: number
  bytes: number
  /** A single change is in a snapshot after this long. */
  ageMs: number
}

export const snapshotRule = (records: number, minutes: number): SnapshotRule => ({
  records,
  bytes: 4 * 1024 * 1024,
  ageMs: minutes * 60_000,
})

/** What the engine hosts; `released` ones are somebody else's now. */
export type Candidate = { id: string; released: boolean; snapshots: Pick<Snapshotter, 'backlog' | 'ageMs' | 'take'> }

/** The object store did not do what it was asked: it is the same for every session. */
export class ObjectStoreFailed extends Error {
  override readonly name = 'ObjectStoreFailed'
}

export type ScheduleDeps = {
  rule: SnapshotRule
  sessions: () => Iterable<Candidate>
  /** Sessions are being taken over: these go first. */
  busy: () => boolean
  nowMs: () => number
  /** Resolves after that long; does not keep the process alive. */
  delay: (ms: number) => Promise<void>
  log: (event: string, fields: Record<string, unknown>) => void
}

const atOnce = 2
/** A session that has just been taken over has better things to do. */
const restMs = 10_000
/** After a failure of the store; doubled by each further one. */
const pauseMs = { first: 5_000, last: 300_000 }
/** After a failure that is the session's own. */
const sessionPauseMs = 600_000
/** At a handover: what the next owner would have to replay, to be worth its while, and how long a session waits for it. */
const leaving = { records: 100, withinMs: 1_000 }

export function createSnapshotSchedule(deps: ScheduleDeps) {
  const { rule } = deps
  const taking = new Set<string>()
  /** Sessions that are about to leave and wait for room. */
  const waiting: (() => void)[] = []
  const heldBack = new Map<string, number>()
  const totals = { taken: 0, failed: 0 }
  let failures = 0
  let awayUntilMs = 0

  const isAway = (): boolean => deps.nowMs() < awayUntilMs

  function isDue({ snapshots, released, id }: Candidate): boolean {
    if (released || taking.has(id) || snapshots.ageMs() < restMs || heldBack.has(id)) return false
    const { records, bytes, oldestMs } = snapshots.backlog()
    if (records >= rule.records || bytes >= rule.bytes) return true
    return oldestMs !== undefined && deps.nowMs() - oldestMs >= rule.ageMs
  }

  async function take(session: Candidate): Promise<void> {
    taking.add(session.id)
    try {
      await session.snapshots.take()
      totals.taken += 1
      failures = 0
      heldBack.delete(session.id)
    } catch (error) {
      if (!session.released) failed(session, error)
    } finally {
      taking.delete(session.id)
      waiting.shift()?.()
    }
  }

  function failed({ id }: Candidate, error: unknown): void {
    totals.failed += 1
    const ofStore = error instanceof ObjectStoreFailed
    if (ofStore) failures += 1
    const retryInMs = ofStore ? Math.min(pauseMs.last, pauseMs.first * 2 ** (failures - 1)) : sessionPauseMs
    if (ofStore) awayUntilMs = deps.nowMs() + retryInMs
    else heldBack.set(id, deps.nowMs() + retryInMs)
    const reason = error instanceof Error ? error.message : 'unknown'
    deps.log('snapshot.failed', { sessionId: id, reason, retryInMs })
  }

  return {
    /** Called every second: begins what is due, as far as there is room. */
    round(): void {
      for (const [id, untilMs] of heldBack) if (untilMs <= deps.nowMs()) heldBack.delete(id)
      if (isAway() || deps.busy() || taking.size >= atOnce) return
      const due = [...deps.sessions()].filter(isDue)
      due.sort((a, b) => b.snapshots.backlog().records - a.snapshots.backlog().records)
      // A store that failed is asked for one session first.
      for (const session of due.slice(0, failures > 0 ? 1 : atOnce - taking.size)) void take(session)
    },
    /** Before a session is let go of in good order. Resolves soon, with a snapshot or without. */
    async leave(session: Candidate): Promise<void> {
      const deadlineMs = deps.nowMs() + leaving.withinMs
      if (session.snapshots.backlog().records < leaving.records) return
      while (taking.size >= atOnce && !isAway() && deps.nowMs() < deadlineMs) {
        await Promise.race([
          new Promise<void>((resolve) => waiting.push(resolve)),
          deps.delay(deadlineMs - deps.nowMs()),
        ])
      }
      const leftMs = deadlineMs - deps.nowMs()
      if (leftMs <= 0 || isAway() || taking.has(session.id)) return
      await Promise.race([take(session), deps.delay(leftMs)])
    },
    stats() {
      let records = 0
      let oldestMs = Number.POSITIVE_INFINITY
      for (const { snapshots, released } of deps.sessions()) {
        if (released) continue
        const backlog = snapshots.backlog()
        records = Math.max(records, backlog.records)
        oldestMs = Math.min(oldestMs, backlog.oldestMs ?? oldestMs)
      }
      return { ...totals, records, ageMs: Number.isFinite(oldestMs) ? deps.nowMs() - oldestMs : 0 }
    },
  }
}
