import { cloneDatabase } from '@wagate/testing/postgres.ts'
import postgres, { type Sql } from 'postgres'
import { expect, test } from 'vitest'
import { JobLost } from './job.ts'
import { claimJob, endJob, overdueJobs, putOff, renewClaim, reportProgress } from './queries.ts'

async function withDatabase(run: (keeper: Sql, admin: Sql) => Promise<void>): Promise<void> {
  await using db = await cloneDatabase()
  const keeper = postgres(db.urlFor('wagate_keeper'), { max: 4, onnotice: () => {} })
  const admin = postgres(db.url, { max: 1 })
  try {
    await run(keeper, admin)
  } finally {
    await Promise.all([keeper.end(), admin.end()])
  }
}

const add = (sql: Sql, jobId: string, more: Record<string, unknown> = {}) =>
  sql`insert into job ${sql({ tenant_id: 'ten_a', job_id: jobId, kind: 'retention', requested_by: 'system', due_at: new Date(), ...more })}`

test('however many ask at once, a due job is one process’s, and jobs that are not due are nobody’s', () =>
  withDatabase(async (keeper, admin) => {
    await add(admin, 'job_1')
    await add(admin, 'job_2', { tenant_id: 'ten_b' })
    await add(admin, 'job_later', { due_at: new Date(Date.now() + 60_000) })
    await add(admin, 'job_over', { due_at: null, state: 'succeeded' })
    const claimed = await Promise.all(Array.from({ length: 6 }, () => claimJob(keeper, 60_000)))
    expect(claimed.flatMap((job) => job?.jobId ?? []).sort()).toEqual(['job_1', 'job_2'])
  }))

test('a job whose process died is taken up again, and the dead one writes nothing any more', () =>
  withDatabase(async (keeper, admin) => {
    await add(admin, 'job_1')
    const first = await claimJob(keeper, 60_000)
    if (!first) throw new Error('not claimed')
    await reportProgress(keeper, first, { step: 'messages', done: 10, result: { removed: 10 } })
    await admin`update job set due_at = now() - interval '1 second'`
    const second = await claimJob(keeper, 60_000)
    expect(second).toMatchObject({ jobId: 'job_1', attempts: 2, step: 'messages', result: { removed: 10 } })
    expect(await renewClaim(keeper, first, 60_000)).toBe(false)
    await expect(reportProgress(keeper, first, { step: 'x' })).rejects.toThrow(JobLost)
    await expect(endJob(keeper, first, { state: 'succeeded', result: {} })).rejects.toThrow(JobLost)
    await expect(putOff(keeper, first, { afterMs: 0, step: null })).rejects.toThrow(JobLost)
    if (second) await endJob(keeper, second, { state: 'succeeded', result: { chats: 1 } })
    const [row] = await admin`select state, params, result, due_at from job`
    expect(row).toEqual({ state: 'succeeded', params: {}, result: { removed: 10, chats: 1 }, due_at: null })
  }))

test('a process that was replaced writes nothing when the job’s attempts count afresh, either', () =>
  withDatabase(async (keeper, admin) => {
    const claim = async () => {
      await admin`update job set due_at = now() - interval '1 second'`
      const job = await claimJob(keeper, 60_000)
      if (!job) throw new Error('not claimed')
      return job
    }
    await add(admin, 'job_1')
    const first = await claim()
    await putOff(keeper, await claim(), { afterMs: 0, step: 'unlink', afresh: true })
    const third = await claim()
    expect(third.attempts).toBe(first.attempts)
    expect(await renewClaim(keeper, first, 60_000)).toBe(false)
    await expect(putOff(keeper, first, { afterMs: 0, step: 'close' })).rejects.toThrow(JobLost)
    expect(await renewClaim(keeper, third, 60_000)).toBe(true)
  }))

test('an attempt that failed leaves the job at the step that it had reached', () =>
  withDatabase(async (keeper, admin) => {
    await add(admin, 'job_1')
    const job = await claimJob(keeper, 60_000)
    if (!job) throw new Error('not claimed')
    await reportProgress(keeper, job, { step: 'close' })
    await putOff(keeper, job, { afterMs: 0, errorCode: 'unavailable' })
    expect(await admin`select state, step, error_code from job`).toMatchObject([
      { state: 'waiting', step: 'close', error_code: 'unavailable' },
    ])
    const again = await claimJob(keeper, 60_000)
    if (again) await putOff(keeper, again, { afterMs: 0, step: null })
    expect(await admin`select step from job`).toMatchObject([{ step: null }])
  }))

test('what is due and not taken is counted, by kind', () =>
  withDatabase(async (keeper, admin) => {
    await add(admin, 'job_1', { due_at: new Date(Date.now() - 90_000) })
    await add(admin, 'job_2')
    const [overdue] = await overdueJobs(keeper)
    expect(overdue).toMatchObject({ kind: 'retention', count: 2 })
    expect(overdue?.oldestSeconds).toBeGreaterThan(80)
  }))
