import type { jobKinds } from '@wagate/db/job.ts'

export type JobKind = (typeof jobKinds)[number]

/** A job that this process has claimed; `claim` is its fence. */
export type Job = {
  tenantId: string
  jobId: string
  kind: JobKind
  mode: 'test' | 'live' | null
  params: Record<string, unknown>
  step: string | null
  result: Record<string, unknown>
  attempts: number
  claim: number
  createdAt: Date
}

export type Progress = {
  step: string
  done?: number
  /** Null while nobody knows it. */
  total?: number | null
  /** Joins what is known so far. */
  result?: Record<string, unknown>
}

/** What becomes of a job. `again`: not over yet, to be taken up later, through no fault of its own. */
export type JobOutcome =
  | { kind: 'done'; result: Record<string, unknown>; expiresAt?: Date }
  | { kind: 'again'; afterMs: number; step: string; result: Record<string, unknown> }
  /** Done, and due once more after that time. */
  | { kind: 'standing'; afterMs: number; result: Record<string, unknown> }

export type JobTools = {
  /** Aborts when the process stops, or another one has the job: end soon, what was done is kept. */
  signal: AbortSignal
  /** Stores how far it is. @throws JobLost */
  report(progress: Progress): Promise<void>
}

export type JobHandler = (job: Job, tools: JobTools) => Promise<JobOutcome>

/** Another process has it now. */
export class JobLost extends Error {
  override readonly name = 'JobLost'
}

/** Trying again will not help; `code` is what people are shown. */
export class JobFailed extends Error {
  readonly code: string
  constructor(code: string, detail: string) {
    super(detail)
    this.name = 'JobFailed'
    this.code = code
  }
}
