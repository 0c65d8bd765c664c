// Plans as the routes see them, on the records that the fake mirror has; and the quotas of a gateway that is alone.
import type { TenantRecord } from '@wagate/messages/control.ts'
import { limitsWith } from '@wagate/messages/plans.ts'
import { fakeBucket } from '@wagate/runtime/fakes/bucket.ts'
import type { AppDeps } from '../app.ts'
import { type PlanChangeRow, type PlanWish, priceOf, type Standing } from '../control/plans.ts'
import { createMeter } from '../quota/meter.ts'
import { createMonthCounts } from '../quota/month.ts'
import { createMessageQuota } from '../quota/quota.ts'

export function fakePlans(tenants: Map<string, TenantRecord>, now: () => Date): AppDeps['plans'] {
  const wishes = new Map<string, PlanWish>()
  const prices = new Map<string, number | undefined>()
  const changes: PlanChangeRow[] = []
  const note = (tenantId: string, change: Pick<PlanChangeRow, 'toPlan' | 'state' | 'by' | 'monthlyPriceCents'>) =>
    changes.unshift({
      ...{ tenantId, changeId: `pch_${changes.length}`, at: now(), fromPlan: tenants.get(tenantId)?.plan ?? 'basic' },
      ...{ overrides: {}, ...change },
    })
  const find = async (tenantId: string): Promise<Standing> => {
    const record = tenants.get(tenantId)
    if (!record) throw new Error(`there is no tenant ${tenantId}`)
    const monthlyPriceCents = prices.get(tenantId)
    const standing = { plan: record.plan ?? 'basic', overrides: record.limits, monthlyPriceCents }
    return { ...standing, wish: wishes.get(tenantId) }
  }
  return {
    find,
    history: async (tenantId) => changes.filter((change) => change.tenantId === tenantId),
    wishes: async () =>
      [...wishes].map(([tenantId, { plan: wish, since }]) => {
        const { name = '', plan = 'basic' } = tenants.get(tenantId) ?? {}
        return { tenantId, name, plan, wish, since }
      }),
    wish: async (tenantId, plan, by) => {
      wishes.set(tenantId, { plan, since: now() })
      note(tenantId, { toPlan: plan, state: 'requested', by, monthlyPriceCents: null })
    },
    withdraw: async (tenantId) => wishes.delete(tenantId),
    apply: async (tenantId, terms, by) => {
      const { plan, overrides, monthlyPriceCents } = terms
      const record = tenants.get(tenantId)
      note(tenantId, { toPlan: plan, state: 'applied', by, monthlyPriceCents: priceOf(terms) })
      if (record) tenants.set(tenantId, { ...record, plan, limits: limitsWith(plan, overrides) })
      prices.set(tenantId, monthlyPriceCents)
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
