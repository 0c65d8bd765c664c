import type { JobRow } from './store.ts'

/** What every kind of job tells. */
export const presentJob = (row: JobRow) => ({
  id: row.jobId,
  status: row.state,
  mode: row.mode ?? ('live' as const),
  progress: { step: row.step, done: row.done, total: row.total },
  error: row.errorCode === null ? null : { code: row.errorCode },
  created_at: row.createdAt.toISOString(),
  started_at: row.startedAt?.toISOString() ?? null,
  finished_at: row.finishedAt?.toISOString() ?? null,
})
