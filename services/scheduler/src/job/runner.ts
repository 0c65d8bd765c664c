// Takes due jobs one after the other, some at once, and sees each to its end: renews the claim while it runs, stores what became of it,
// and tries again what failed. A process that dies leaves its claims to run out.
import { backoffMs } from '@wagate/runtime/backoff.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { isUnavailable } from '@wagate/runtime/postgres.ts'
import { type Job, JobFailed, type JobHandler, type JobKind, JobLost, type JobOutcome } from './job.ts'
import type { Ending, Waiting } from './queries.ts'

export type JobStore = {
  claim(): Promise<Job | undefined>
  /** Whether it is still ours. */
  renew(job: Job): Promise<boolean>
  report(job: Job, progress: Parameters<Parameters<JobHandler>[1]['report']>[0]): Promise<void>
  end(job: Job, ending: Ending): Promise<void>
  putOff(job: Job, waiting: Waiting): Promise<void>
}

export type RunnerDeps = {
  store: JobStore
  handlers: Readonly<Record<JobKind, JobHandler>>
  /** How often a kind is tried before it has failed for good; the others are tried for ever. */
  maxAttempts: Partial<Record<JobKind, number>>
  atOnce: number
  /** How often a free place looks for work. */
  everyMs: number
  /** Well within a claim. */
  renewEveryMs: number
  random: () => number
  monotonicMs: () => number
  onEnded(job: Job, outcome: string, durationMs: number, error?: unknown): void
  onOutage(error: unknown): void
}

export type Runner = { running(): number; close(): Promise<void> }

export function startRunner(deps: RunnerDeps): Runner {
  const stopping = new AbortController()
  let running = 0

  const place = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      const job = await deps.store.claim().catch(deps.onOutage)
      if (job) {
        running++
        await work(job).catch(deps.onOutage)
        running--
      } else await pause(deps.everyMs * (0.8 + 0.4 * deps.random()), stopping.signal)
    }
  }

  const work = async (job: Job): Promise<void> => {
    const over = new AbortController()
    const signal = AbortSignal.any([over.signal, stopping.signal])
    const renewing = keepClaim(job, over)
    const startedMs = deps.monotonicMs()
    let outcome = 'lost'
    let failure: unknown
    try {
      outcome = await store(
        job,
        await deps.handlers[job.kind](job, { signal, report: (at) => deps.store.report(job, at) }),
      )
    } catch (error) {
      failure = error
      if (!(error instanceof JobLost)) outcome = await fail(job, error)
    } finally {
      over.abort()
      await renewing
      deps.onEnded(job, outcome, deps.monotonicMs() - startedMs, failure)
    }
  }

  const keepClaim = async (job: Job, over: AbortController): Promise<void> => {
    for (
      await pause(deps.renewEveryMs, over.signal);
      !over.signal.aborted;
      await pause(deps.renewEveryMs, over.signal)
    ) {
      const isOurs = await deps.store.renew(job).catch((error: unknown) => {
        deps.onOutage(error)
        return true // unknown: the fence decides with the next write
      })
      if (!isOurs) over.abort()
    }
  }

  const store = async (job: Job, outcome: JobOutcome): Promise<string> => {
    const { result } = outcome
    if (outcome.kind === 'done') await deps.store.end(job, { state: 'succeeded', result, expiresAt: outcome.expiresAt })
    else if (outcome.kind === 'again')
      await deps.store.putOff(job, { afterMs: outcome.afterMs, step: outcome.step, result, afresh: true })
    else await deps.store.putOff(job, { afterMs: outcome.afterMs, step: null, result, finished: true, afresh: true })
    return outcome.kind
  }

  const fail = async (job: Job, error: unknown): Promise<string> => {
    if (stopping.signal.aborted) {
      await deps.store.putOff(job, { afterMs: 0 })
      return 'interrupted'
    }
    const isFinal =
      error instanceof JobFailed || job.attempts >= (deps.maxAttempts[job.kind] ?? Number.POSITIVE_INFINITY)
    const errorCode = error instanceof JobFailed ? error.code : isUnavailable(error) ? 'unavailable' : 'internal'
    if (isFinal) await deps.store.end(job, { state: 'failed', result: {}, errorCode })
    else {
      const afterMs = backoffMs(job.attempts, deps.random(), { baseMs: 5_000, capMs: 600_000 })
      await deps.store.putOff(job, { afterMs, errorCode })
    }
    return isFinal ? 'failed' : 'retry'
  }

  const places = Promise.all(Array.from({ length: deps.atOnce }, place))
  return {
    running: () => running,
    async close() {
      stopping.abort()
      await places
    },
  }
}
