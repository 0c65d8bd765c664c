// Jobs of a tenant: asked for and read here, done by the scheduler.
import { job } from '@wagate/db/job.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { and, count, desc, eq, getTableColumns, gt, isNotNull, not, sql } from 'drizzle-orm'
import type { PageRequest } from '../message/views.ts'
import { after, exact, type InTenant, type Positioned } from '../postgres/in-tenant.ts'

export type JobRow = typeof job.$inferSelect
export type JobKind = JobRow['kind']
export type NewJob = {
  jobId: string
  kind: JobKind
  mode: Mode
  params?: Record<string, unknown>
  requestedBy: string
  createdAt: Date
}

export type JobStore = {
  create(tenantId: string, job: NewJob): Promise<JobRow>
  find(tenantId: string, kind: JobKind, mode: Mode, jobId: string): Promise<JobRow | undefined>
  /** `limit + 1` at most, newest first. */
  list(tenantId: string, kind: JobKind, mode: Mode, page: PageRequest): Promise<Positioned<JobRow>[]>
  /** How many are not over, but for those that wait for their second look; and how many were asked for since then. */
  countRecent(tenantId: string, kind: JobKind, mode: Mode, since: Date): Promise<{ open: number; recent: number }>
}

const waitsForSweep = sql`(${job.state} = 'waiting' and ${job.step} is not distinct from 'sweep')`

/** Each function throws `DatabaseUnavailable`. */
export function createJobStore(inTenant: InTenant): JobStore {
  const of = (tenantId: string, kind: JobKind, mode: Mode) =>
    and(eq(job.tenantId, tenantId), eq(job.kind, kind), eq(job.mode, mode))

  return {
    create: (tenantId, { createdAt, ...made }) =>
      inTenant(tenantId, async (tx) => {
        const [row] = await tx
          .insert(job)
          .values({ tenantId, ...made, createdAt, dueAt: createdAt })
          .returning()
        if (!row) throw new Error('the job was not stored')
        return row
      }),

    find: (tenantId, kind, mode, jobId) =>
      inTenant(tenantId, async (tx) => {
        const [row] = await tx
          .select()
          .from(job)
          .where(and(of(tenantId, kind, mode), eq(job.jobId, jobId)))
        return row
      }),

    list: (tenantId, kind, mode, page) =>
      inTenant(tenantId, async (tx) => {
        const rows = await tx
          .select({ row: getTableColumns(job), key: exact(job.createdAt) })
          .from(job)
          .where(and(of(tenantId, kind, mode), after(job.createdAt, job.jobId, page.after)))
          .orderBy(desc(job.createdAt), desc(job.jobId))
          .limit(page.limit + 1)
        return rows.map(({ row, key }) => ({ item: row, position: { key, id: row.jobId } }))
      }),

    countRecent: (tenantId, kind, mode, since) =>
      inTenant(tenantId, async (tx) => {
        const [open] = await tx
          .select({ count: count() })
          .from(job)
          .where(and(of(tenantId, kind, mode), isNotNull(job.dueAt), not(waitsForSweep)))
        const [recent] = await tx
          .select({ count: count() })
          .from(job)
          .where(and(of(tenantId, kind, mode), gt(job.createdAt, since)))
        return { open: open?.count ?? 0, recent: recent?.count ?? 0 }
      }),
  }
}
