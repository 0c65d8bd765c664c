// Snapshots of an engine's sessions: the clockwork around the schedule, and what the supervisor is told of it.
import type { LogReport } from '../ipc.ts'
import { type Candidate, createSnapshotSchedule, type SnapshotRule } from '../log/snapshot-schedule.ts'
import type { Takeover } from '../log/takeover.ts'

const roundMs = 1_000

export function createSnapshotting(deps: {
  rule: SnapshotRule
  sessions: () => Iterable<Candidate>
  /** Runs it then, unless the process has nothing else to live for. */
  after: (ms: number, run: () => void) => void
  log: (event: string, fields: Record<string, unknown>) => void
}) {
  let starting = 0
  const takeovers = { takeovers: 0, snapshotsUnusable: 0, replayedRecords: 0, replayMs: 0, longestReplayMs: 0 }
  const schedule = createSnapshotSchedule({
    rule: deps.rule,
    sessions: deps.sessions,
    busy: () => starting > 0,
    nowMs: Date.now,
    delay: (ms) => new Promise((resolve) => deps.after(ms, resolve)),
    log: deps.log,
  })
  const timer = setInterval(() => schedule.round(), roundMs)

  return {
    leave: schedule.leave,
    /** No snapshot begins while a session is being taken over. */
    async starting<Result>(start: () => Promise<Result>): Promise<Result> {
      starting += 1
      try {
        return await start()
      } finally {
        starting -= 1
      }
    },
    takenOver({ records, unusable, ms }: Takeover['replayed']): void {
      takeovers.takeovers += 1
      takeovers.snapshotsUnusable += unusable
      takeovers.replayedRecords += records
      takeovers.replayMs += ms
      takeovers.longestReplayMs = Math.max(takeovers.longestReplayMs, ms)
    },
    stats(): LogReport {
      const { taken, failed, records, ageMs } = schedule.stats()
      return {
        ...takeovers,
        snapshotsTaken: taken,
        snapshotsFailed: failed,
        uncoveredRecords: records,
        uncoveredMs: ageMs,
      }
    },
    stop: () => clearInterval(timer),
  }
}
