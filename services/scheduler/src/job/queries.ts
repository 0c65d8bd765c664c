// Every statement on jobs. Whoever claims one counts `claim` up, which is never set back; each later write names that number, so that a
// process which was replaced writes nothing any more.
import type { Sql } from 'postgres'
import { type Job, JobLost, type Progress } from './job.ts'

type Claimed = Pick<Job, 'tenantId' | 'jobId' | 'claim'>

/** Takes on the job that has been due for longest, if there is one. */
export async function claimJob(sql: Sql, claimMs: number): Promise<Job | undefined> {
  const [job] = await sql<Job[]>`
    update job set state = 'running', attempts = attempts + 1, claim = claim + 1, due_at = now() + make_interval(secs => ${claimMs / 1_000}),
      started_at = coalesce(started_at, now())
    where ctid = any (array(
      select ctid from job where due_at <= now() order by due_at limit 1 for update skip locked))
    returning tenant_id as "tenantId", job_id as "jobId", kind, mode, params, step, result, attempts, claim::float8 as claim, created_at as "createdAt"`
  return job
}

const lost = () => new JobLost('another process has the job')

/** Whether the job is still this process's. */
export async function renewClaim(sql: Sql, { tenantId, jobId, claim }: Claimed, claimMs: number): Promise<boolean> {
  const renewed = await sql`
    update job set due_at = now() + make_interval(secs => ${claimMs / 1_000})
    where tenant_id = ${tenantId} and job_id = ${jobId} and claim = ${claim} and state = 'running'`
  return renewed.count > 0
}

/** @throws JobLost */
export async function reportProgress(sql: Sql, { tenantId, jobId, claim }: Claimed, at: Progress): Promise<void> {
  const written = await sql`
    update job set step = ${at.step}, done = ${at.done ?? 0}, total = ${at.total ?? null},
      result = result || ${JSON.stringify(at.result ?? {})}::text::jsonb
    where tenant_id = ${tenantId} and job_id = ${jobId} and claim = ${claim} and state = 'running'`
  if (written.count === 0) throw lost()
}

export type Ending = {
  state: 'succeeded' | 'failed'
  result: Record<string, unknown>
  errorCode?: string
  expiresAt?: Date | undefined
}

/** @throws JobLost */
export async function endJob(sql: Sql, { tenantId, jobId, claim }: Claimed, ending: Ending): Promise<void> {
  const { state, result, errorCode = null, expiresAt = null } = ending
  const written = await sql`
    update job set state = ${state}, result = result || ${JSON.stringify(result)}::text::jsonb, error_code = ${errorCode}, step = null,
      params = '{}', due_at = null, finished_at = now(), expires_at = ${expiresAt}
    where tenant_id = ${tenantId} and job_id = ${jobId} and claim = ${claim} and state = 'running'`
  if (written.count === 0) throw lost()
}

export type Waiting = {
  afterMs: number
  /** Null: from the beginning. Left as it is when absent, which is where the attempt has got to. */
  step?: string | null
  result?: Record<string, unknown>
  /** Why it is tried again; absent when nothing failed. */
  errorCode?: string
  /** It was done, for this time. */
  finished?: boolean
  /** Its attempts count from zero. */
  afresh?: boolean
}

/** Lets go of it until then. @throws JobLost */
export async function putOff(sql: Sql, { tenantId, jobId, claim }: Claimed, waiting: Waiting): Promise<void> {
  const { afterMs, step, result = {}, errorCode = null, finished = false, afresh = false } = waiting
  const keepsStep = step === undefined
  const written = await sql`
    update job set state = 'waiting', due_at = now() + make_interval(secs => ${afterMs / 1_000}), step = ${keepsStep ? sql`step` : (step ?? null)},
      error_code = ${errorCode}, result = result || ${JSON.stringify(result)}::text::jsonb, attempts = case when ${afresh} then 0 else attempts end,
      finished_at = case when ${finished} then now() else finished_at end
    where tenant_id = ${tenantId} and job_id = ${jobId} and claim = ${claim} and state = 'running'`
  if (written.count === 0) throw lost()
}

/** Of jobs that are due and that nobody has, by kind: how many, and for how long the oldest. */
export const overdueJobs = (sql: Sql) => sql<{ kind: string; count: number; oldestSeconds: number }[]>`
  select kind, count(*)::int as count, max(extract(epoch from now() - due_at))::float8 as "oldestSeconds"
  from job where due_at <= now() group by kind`
