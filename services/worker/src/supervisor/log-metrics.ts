// The session logs of a worker at /metrics: whether they are kept short, and what a takeover costs.
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { LogReport } from '../ipc.ts'

const gauges: { [Field in keyof LogReport]: { name: string; help: string } } = {
  snapshotsTaken: { name: 'worker_snapshots_taken', help: 'Snapshots stored since the engine started' },
  snapshotsFailed: { name: 'worker_snapshots_failed', help: 'Snapshots that failed since the engine started' },
  snapshotsUnusable: {
    name: 'worker_snapshots_unusable',
    help: 'Snapshots that were missing or damaged at takeovers, for which the one before or the whole log served',
  },
  uncoveredRecords: {
    name: 'worker_log_uncovered_records',
    help: 'Records without a snapshot in the log of the session that has most',
  },
  uncoveredMs: { name: 'worker_log_uncovered_ms', help: 'Age of the oldest change that is in no snapshot' },
  takeovers: { name: 'worker_takeovers', help: 'Sessions taken over since the engine started' },
  replayedRecords: { name: 'worker_replayed_records', help: 'Records replayed at takeovers since the engine started' },
  replayMs: { name: 'worker_replay_ms', help: 'Time that takeovers took to read snapshots and logs, summed' },
  longestReplayMs: { name: 'worker_replay_longest_ms', help: 'The longest of them' },
}

export function logGauges(metrics: Metrics) {
  const made = Object.entries(gauges).map(([field, { name, help }]) => ({
    gauge: metrics.gauge(name, help, ['engine']),
    of: (report: LogReport): number => Reflect.get(report, field),
  }))
  return {
    reset(): void {
      for (const { gauge } of made) gauge.reset()
    },
    set(engine: string, report: LogReport): void {
      for (const { gauge, of } of made) gauge.set({ engine }, of(report))
    },
  }
}
