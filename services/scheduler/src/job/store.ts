import { orUnavailable } from '@wagate/runtime/postgres.ts'
import type { Sql } from 'postgres'
import { claimJob, endJob, putOff, renewClaim, reportProgress } from './queries.ts'
import type { JobStore } from './runner.ts'

/** Each function throws `DatabaseUnavailable`, rather than wait for a connection that is dead. */
export const createJobStore = (sql: Sql, claimMs: number): JobStore => ({
  claim: () => orUnavailable(() => claimJob(sql, claimMs)),
  renew: (job) => orUnavailable(() => renewClaim(sql, job, claimMs)),
  report: (job, progress) => orUnavailable(() => reportProgress(sql, job, progress)),
  end: (job, ending) => orUnavailable(() => endJob(sql, job, ending)),
  putOff: (job, waiting) => orUnavailable(() => putOff(sql, job, waiting)),
})
