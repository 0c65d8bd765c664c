import { waitFor } from '@wagate/testing/wait-for.ts'
import { expect, test } from 'vitest'
import { type Job, JobFailed, type JobHandler, JobLost } from './job.ts'
import type { Ending, Waiting } from './queries.ts'
import { type JobStore, startRunner } from './runner.ts'

const aJob: Job = {
  tenantId: 'ten_a',
  jobId: 'job_1',
  kind: 'retention',
  mode: null,
  params: {},
  step: null,
  result: {},
  attempts: 1,
  claim: 1,
  createdAt: new Date(),
}

/** Runs the handler on one job, until the store has heard what became of it or `until` holds. */
async function run(
  handler: JobHandler,
  options: { job?: Partial<Job>; maxAttempts?: number; isOurs?: () => boolean; until?: () => boolean } = {},
) {
  const waiting: Job[] = [{ ...aJob, ...options.job }]
  const endings: Ending[] = []
  const puts: Waiting[] = []
  const outcomes: string[] = []
  const store: JobStore = {
    claim: async () => waiting.pop(),
    renew: async () => options.isOurs?.() ?? true,
    report: async () => {},
    end: async (_job, ending) => void endings.push(ending),
    putOff: async (_job, put) => void puts.push(put),
  }
  const runner = startRunner({
    store,
    handlers: { retention: handler, export: handler, erase_person: handler, erase_tenant: handler },
    maxAttempts: options.maxAttempts === undefined ? {} : { retention: options.maxAttempts },
    atOnce: 1,
    everyMs: 1,
    renewEveryMs: 1,
    random: () => 0.5,
    monotonicMs: () => 0,
    onEnded: (_job, outcome) => void outcomes.push(outcome),
    onOutage: () => {},
  })
  await waitFor(options.until ?? (() => outcomes.length > 0))
  await runner.close()
  return { endings, puts, outcomes }
}

test('a job that is done ends with its result', async () => {
  const { endings, outcomes } = await run(async () => ({ kind: 'done', result: { rows: 3 } }))
  expect(endings).toEqual([{ state: 'succeeded', result: { rows: 3 }, expiresAt: undefined }])
  expect(outcomes).toEqual(['done'])
})

test('a standing job is due again, with its attempts counted from zero', async () => {
  const { puts } = await run(async () => ({ kind: 'standing', afterMs: 86_400_000, result: {} }))
  expect(puts).toEqual([{ afterMs: 86_400_000, step: null, result: {}, finished: true, afresh: true }])
})

test('what fails is tried again later each time, and says why by a code', async () => {
  const failing = async () => {
    throw new Error('a message that may quote data')
  }
  const first = await run(failing)
  const fifth = await run(failing, { job: { attempts: 5 } })
  expect(first.puts).toEqual([{ afterMs: 5_000, errorCode: 'internal' }])
  expect(fifth.puts[0]?.afterMs).toBe(80_000)
})

test('what was tried often enough, or cannot succeed, has failed', async () => {
  const failing = async () => {
    throw new Error('again')
  }
  expect((await run(failing, { maxAttempts: 3, job: { attempts: 2 } })).endings).toEqual([])
  expect((await run(failing, { maxAttempts: 3, job: { attempts: 3 } })).endings).toMatchObject([
    { state: 'failed', errorCode: 'internal' },
  ])
  const hopeless = await run(async () => {
    throw new JobFailed('too-large', 'no way')
  })
  expect(hopeless.endings).toMatchObject([{ state: 'failed', errorCode: 'too-large' }])
})

test('a job that another process has is given up without a word to the store', async () => {
  const { endings, puts, outcomes } = await run(
    async (_job, { signal }) => {
      await waitFor(() => signal.aborted)
      throw new JobLost('lost')
    },
    { isOurs: () => false },
  )
  expect([endings, puts, outcomes]).toEqual([[], [], ['lost']])
})

test('a process that stops gives its job back at once', async () => {
  let begun = false
  const { puts, outcomes } = await run(
    async (_job, { signal }) => {
      begun = true
      await waitFor(() => signal.aborted)
      throw new Error('aborted')
    },
    { until: () => begun },
  )
  expect(puts).toEqual([{ afterMs: 0 }])
  expect(outcomes).toEqual(['interrupted'])
})
