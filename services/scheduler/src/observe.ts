// What operators see of the jobs: one log line per attempt, and numbers. Never what a job is about: that may name a person.
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { Job } from './job/job.ts'

export type Overdue = { kind: string; count: number; oldestSeconds: number }

export function createObserver({ metrics, logger }: { metrics: Metrics; logger: Logger }) {
  const ended = metrics.counter('jobs_total', 'Attempts at jobs that ended, by what came of them', ['kind', 'outcome'])
  const duration = metrics.histogram('job_seconds', 'How long an attempt took', ['kind'], [0.1, 1, 10, 60, 600, 3_600])
  const removed = metrics.counter('retention_removed_total', 'What retention removed', ['kind'])
  const overdue = metrics.gauge('jobs_overdue', 'Jobs that are due and that nobody has taken', ['kind'])
  const oldest = metrics.gauge('jobs_overdue_seconds', 'For how long the oldest of them has been due', ['kind'])
  const running = metrics.gauge('jobs_running', 'Jobs that this process works on')

  return {
    onEnded(job: Job, outcome: string, durationMs: number, error?: unknown): void {
      ended.inc({ kind: job.kind, outcome })
      duration.observe({ kind: job.kind }, durationMs / 1_000)
      const { tenantId, jobId, kind, attempts } = job
      const line = {
        event: 'job.ended',
        tenantId,
        jobId,
        kind,
        outcome,
        attempt: attempts,
        durationMs: Math.round(durationMs),
      }
      if (error === undefined) logger.info(line)
      else logger.warn({ ...line, err: error })
    },
    onRemoved: (kind: string, count: number): void => removed.inc({ kind }, count),
    onDropped: (months: readonly string[]): void => {
      for (const month of months) logger.info({ event: 'retention.month_dropped', month })
    },
    sample(jobs: readonly Overdue[], runningNow: number): void {
      overdue.reset()
      oldest.reset()
      for (const { kind, count, oldestSeconds } of jobs) {
        overdue.set({ kind }, count)
        oldest.set({ kind }, oldestSeconds)
      }
      running.set(runningNow)
    },
  }
}
