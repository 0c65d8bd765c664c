// The end of a tenant begins here, and can be taken back until its time has come: the erasure waits as a job that is due then.
import { job } from '@wagate/db/job.ts'
import { tenant } from '@wagate/db/tenant.ts'
import type { IdKind } from '@wagate/messages/ids.ts'
import type { Sql } from '@wagate/runtime/postgres.ts'
import { and, eq, isNotNull, isNull } from 'drizzle-orm'
import { createInTenant } from '../postgres/in-tenant.ts'
import { UnknownTarget } from './unknown-target.ts'

export type DeletionDeps = {
  sql: Sql
  now: () => Date
  newId: (kind: IdKind) => string
  /** Resolves when the mirror has it. */
  mirrorTenant: (tenantId: string) => Promise<unknown>
}
export type DeletionControl = ReturnType<typeof createDeletionControl>

/** Each function throws `DatabaseUnavailable`. */
export function createDeletionControl({ sql, now, newId, mirrorTenant }: DeletionDeps) {
  const inTenant = createInTenant(sql, 4_000)
  const open = (tenantId: string) => and(eq(job.tenantId, tenantId), eq(job.kind, 'erase_tenant'), isNotNull(job.dueAt))
  /** It has not begun. */
  const waiting = (tenantId: string) => and(open(tenantId), eq(job.state, 'waiting'), isNull(job.step))

  return {
    /** Resolves with when the tenant is erased; asked again, with the earlier of both times. Throws `UnknownTarget`, for the operators' account too. */
    async begin(tenantId: string, { graceMs, requestedBy }: { graceMs: number; requestedBy: string }): Promise<Date> {
      const at = now()
      const deletesAt = new Date(at.getTime() + graceMs)
      const set = await inTenant(tenantId, async (tx) => {
        const [row] = await tx
          .select({ deletesAt: tenant.deletesAt })
          .from(tenant)
          .where(and(eq(tenant.tenantId, tenantId), eq(tenant.operators, false)))
          .for('update')
        if (!row) return undefined
        const asked = await tx.select({ id: job.jobId }).from(job).where(open(tenantId)).limit(1)
        const dueAt = row.deletesAt && row.deletesAt < deletesAt ? row.deletesAt : deletesAt
        await tx.update(tenant).set({ deletesAt: dueAt, updatedAt: at }).where(eq(tenant.tenantId, tenantId))
        const erasure = { jobId: newId('job'), kind: 'erase_tenant', requestedBy, createdAt: at } as const
        // None is open although the time is known: a backup was restored that is older than the erasure.
        if (asked.length === 0) await tx.insert(job).values({ tenantId, ...erasure, dueAt })
        else await tx.update(job).set({ dueAt }).where(waiting(tenantId))
        return dueAt
      })
      if (!set) throw new UnknownTarget(`there is no tenant ${tenantId}`)
      await mirrorTenant(tenantId)
      return set
    },

    /** False when there is nothing to take back, or it has begun. */
    async takeBack(tenantId: string): Promise<boolean> {
      const at = now()
      const isBack = await inTenant(tenantId, async (tx) => {
        const [row] = await tx
          .select({ erasedAt: tenant.erasedAt })
          .from(tenant)
          .where(eq(tenant.tenantId, tenantId))
          .for('update')
        if (!row || row.erasedAt) return false
        const cancelled = await tx
          .update(job)
          .set({ state: 'cancelled', dueAt: null, finishedAt: at })
          .where(waiting(tenantId))
          .returning({ id: job.jobId })
        if (cancelled.length === 0) return false
        await tx.update(tenant).set({ deletesAt: null, updatedAt: at }).where(eq(tenant.tenantId, tenantId))
        return true
      })
      if (isBack) await mirrorTenant(tenantId)
      return isBack
    },
  }
}
