import { sql } from 'drizzle-orm'
import { bigint, index, jsonb, pgTable, primaryKey, smallint, text, timestamp } from 'drizzle-orm/pg-core'

const instant = (name: string) => timestamp(name, { withTimezone: true })

/**
 * `retention`: one standing job per tenant, due again every day. `export`: an archive of a tenant's data. `erase_person`: what a tenant has of
 * one person. `erase_tenant`: everything, due when the time of grace is over.
 */
export const jobKinds = ['retention', 'export', 'erase_person', 'erase_tenant'] as const
/** `waiting` also when it failed and is tried again at `due_at`; `failed` is an end. */
export const jobStates = ['waiting', 'running', 'succeeded', 'failed', 'cancelled'] as const

/**
 * Work in the background that people can watch. The gateway asks for it, the scheduler does it: one process at a time, each step safe
 * to do again, so that another process goes on where one died.
 */
export const job = pgTable(
  'job',
  {
    tenantId: text('tenant_id').notNull(),
    jobId: text('job_id').notNull(),
    kind: text('kind', { enum: jobKinds }).notNull(),
    /** Of the key or person that asked; what it made or touches is shown in that mode only. Null: of the whole tenant. */
    mode: text('mode', { enum: ['test', 'live'] }),
    state: text('state', { enum: jobStates }).notNull().default('waiting'),
    /** What was asked for. Emptied when the job ends: it may name a person. */
    params: jsonb('params').notNull().default({}),
    /** Which part of the work it is at, and how far; a total of null is not known yet. */
    step: text('step'),
    done: bigint('done', { mode: 'number' }).notNull().default(0),
    total: bigint('total', { mode: 'number' }),
    /** Counts and places; no data of people. */
    result: jsonb('result').notNull().default({}),
    /** Why the last attempt failed, or the job did: a code, never a message of an error, which may quote data. */
    errorCode: text('error_code'),
    /** How often a process took it since it was last done, or its last step was: for how long to wait, and when to give up. */
    attempts: smallint('attempts').notNull().default(0),
    /** How often a process ever took it. The fence: a process that was replaced has an older number. */
    claim: bigint('claim', { mode: 'number' }).notNull().default(0),
    /** From when a process may take it. While one has it, the end of its claim, so one that died is replaced then. Null when it is over. */
    dueAt: instant('due_at'),
    /** `key:<id>`, `person:<id>`, `operator` or `system`. */
    requestedBy: text('requested_by').notNull(),
    createdAt: instant('created_at').notNull().defaultNow(),
    startedAt: instant('started_at'),
    finishedAt: instant('finished_at'),
    /** When what it made is removed. */
    expiresAt: instant('expires_at'),
  },
  (one) => [
    primaryKey({ columns: [one.tenantId, one.jobId] }),
    index('job_newest').on(one.tenantId, one.kind, sql`${one.createdAt} desc`, sql`${one.jobId} desc`),
    /** Holds what is open, which is little: the scheduler reads it across tenants. */
    index('job_due').on(one.tenantId, one.dueAt).where(sql`${one.dueAt} is not null`),
  ],
)
