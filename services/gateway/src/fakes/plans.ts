// Plans as the routes see them, on the records that the fake mirror has; and the quotas of a gateway that is alone.
import type { TenantRecord } from '@wagate/messages/control.ts'
import { limitsWith } from '@wagate/messages/plans.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import type { PlanWish, Standing } from '../control/plans.ts'
import type { PlanDeps } from '../plan/routes.ts'
import { createMeter } from '../quota/meter.ts'
import { createMonthCounts } from '../quota/month.ts'
import { createMessageQuota } from '../quota/quota.ts'

export function fakePlans(tenants: Map<string, TenantRecord>, now: () => Date): PlanDeps['plans'] {
  const wishes = new Map<string, PlanWish>()
  const find = async (tenantId: string): Promise<Standing> => {
    const record = tenants.get(tenantId)
    if (!record) throw new Error(`there is no tenant ${tenantId}`)
    return { plan: record.plan ?? 'basic', overrides: record.limits, wish: wishes.get(tenantId) }
  }
  return {
    find,
    wish: async (tenantId, plan) => void wishes.set(tenantId, { plan, since: now() }),
    withdraw: async (tenantId) => wishes.delete(tenantId),
    apply: async (tenantId, { plan, overrides }) => {
      const record = tenants.get(tenantId)
      if (record) tenants.set(tenantId, { ...record, plan, limits: limitsWith(plan, overrides) })
      wishes.delete(tenantId)
    },
  }
}

export function loneQuota(now: () => Date) {
  const month = createMonthCounts({ bucket: fakeBucket('message_counts'), now, onUnreadable: () => {} })
  const meter = createMeter({
    me: 'gw_alone',
    tell: () => {},
    nowMs: () => now().getTime(),
    after: () => ({ cancel: () => {} }),
    onSilence: () => {},
  })
  return createMessageQuota({ month, meter, onDue: () => {}, now })
}
