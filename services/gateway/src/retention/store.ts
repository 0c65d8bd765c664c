// How long a tenant's data are kept: the days are written here, everything else by the scheduler.
import { job } from '@wagate/db/job.ts'
import { retention } from '@wagate/db/retention.ts'
import { and, eq } from 'drizzle-orm'
import type { InTenant } from '../postgres/in-tenant.ts'

export type RetentionDays = { messageDays: number | null; chatDays: number | null; deliveryDays: number | null }
export type KeptRetention = RetentionDays & {
  messagesBefore: Date | null
  chatsBefore: Date | null
  deliveriesBefore: Date | null
  lastRunAt: Date | null
  nextRunAt: Date | null
}

export type RetentionStore = {
  find(tenantId: string): Promise<KeptRetention>
  update(tenantId: string, change: Partial<RetentionDays>, at: Date): Promise<KeptRetention>
}

const nothing = {
  messageDays: null,
  chatDays: null,
  deliveryDays: null,
  messagesBefore: null,
  chatsBefore: null,
  deliveriesBefore: null,
}

/** Throws `DatabaseUnavailable`. */
export function createRetentionStore(inTenant: InTenant): RetentionStore {
  const find = (tenantId: string): Promise<KeptRetention> =>
    inTenant(tenantId, async (tx) => {
      const [kept] = await tx.select().from(retention).where(eq(retention.tenantId, tenantId))
      const [run] = await tx
        .select({ lastRunAt: job.finishedAt, nextRunAt: job.dueAt })
        .from(job)
        .where(and(eq(job.tenantId, tenantId), eq(job.kind, 'retention')))
      return { ...nothing, ...kept, lastRunAt: run?.lastRunAt ?? null, nextRunAt: run?.nextRunAt ?? null }
    })

  return {
    find,
    async update(tenantId, change, at) {
      await inTenant(tenantId, (tx) =>
        tx
          .insert(retention)
          .values({ tenantId, ...change, updatedAt: at })
          .onConflictDoUpdate({ target: retention.tenantId, set: { ...change, updatedAt: at } }),
      )
      return find(tenantId)
    },
  }
}
