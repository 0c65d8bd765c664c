// The accounts as the operator's routes read and change them, on the records that the fake mirror has.
import type { TenantRecord } from '@wagate/messages/control.ts'
import { type Founded, mostOwned } from '../control/found.ts'
import type { Terms } from '../control/manage.ts'
import type { JobRow } from '../job/store.ts'
import type { TenantRow, TenantStore } from '../tenant/store.ts'
import type { fakePeople } from './people.ts'
import type { fakePlans } from './plans.ts'

type Given = {
  tenants: Map<string, TenantRecord>
  people: ReturnType<typeof fakePeople>
  plans: ReturnType<typeof fakePlans>
  jobs: { rows: JobRow[] }
  now: () => Date
  /** Makes one of that name. */
  add: (name: string) => string
}

export function fakeTenants({ tenants, people, plans, jobs, now, add }: Given) {
  const owners: TenantStore['owners'] = async (tenantId) =>
    (await people.deps.members.list(tenantId))
      .filter(({ role }) => role === 'owner')
      .map(({ personId, name, email, twoFactor }) => ({ id: personId, name, email, twoFactor }))

  async function rowOf(record: TenantRecord): Promise<TenantRow> {
    const { tenantId, name, status, operators = false, suspension, createdAt, deletesAt } = record
    const { plan, overrides, monthlyPriceCents, wish } = await plans.find(tenantId)
    return {
      ...{ tenantId, name, status, plan, overrides, operators, metadata: {} },
      suspendedAt: suspension ? new Date(suspension.since) : null,
      suspendedReason: suspension?.reason ?? null,
      monthlyPriceCents: monthlyPriceCents ?? null,
      ...{ requestedPlan: wish?.plan ?? null, requestedAt: wish?.since ?? null },
      deletesAt: deletesAt === undefined ? null : new Date(deletesAt),
      ...{ erasedAt: null, hadLinked: null, firstSentOn: null },
      ...{ createdAt: new Date(createdAt), updatedAt: now() },
      members: (await people.deps.members.list(tenantId)).length,
    }
  }

  const store: TenantStore = {
    page: async ({ status, plan, requested, text = '', ownerEmail }, before, limit) => {
      const rows = await Promise.all([...tenants.values()].map(rowOf))
      const emails = new Map<string, string[]>()
      for (const { tenantId } of rows)
        emails.set(
          tenantId,
          (await owners(tenantId)).map(({ email }) => email),
        )
      return rows
        .filter(
          (row) =>
            !row.operators &&
            (status === undefined || (status === 'deleting' ? row.deletesAt !== null : row.status === status)) &&
            (plan === undefined || row.plan === plan) &&
            (requested === undefined || (row.requestedPlan !== null) === requested) &&
            (row.name.toLowerCase().includes(text.toLowerCase()) || row.tenantId.startsWith(text)) &&
            (ownerEmail === undefined || emails.get(row.tenantId)?.includes(ownerEmail) === true) &&
            (before === undefined || row.tenantId < before),
        )
        .toSorted((a, b) => (a.tenantId < b.tenantId ? 1 : -1))
        .slice(0, limit)
    },
    find: async (tenantId) => {
      const record = tenants.get(tenantId)
      return record && !record.operators ? rowOf(record) : undefined
    },
    owners,
    openJobs: async (tenantId) => jobs.rows.filter((row) => row.tenantId === tenantId && row.dueAt !== null),
  }

  const change = (tenantId: string, to: Partial<TenantRecord>): void => {
    const record = tenants.get(tenantId)
    if (record) tenants.set(tenantId, { ...record, ...to })
  }

  return {
    store,
    control: {
      createTenant: async (name: string, terms?: Terms) => {
        const tenantId = add(name)
        if (terms) await plans.apply(tenantId, terms, 'operator')
        return { tenantId }
      },
      foundTenant: async (name: string, personId: string): Promise<Founded> => {
        const own = await people.deps.members.tenantsOf(personId)
        if (own.filter(({ role }) => role === 'owner').length >= mostOwned) return { kind: 'owns_most' }
        const tenantId = add(name)
        await people.deps.members.add(tenantId, personId, 'owner')
        return { kind: 'done', tenantId }
      },
      renameTenant: async (tenantId: string, name: string) => change(tenantId, { name }),
      suspendTenant: async (tenantId: string, reason?: string) =>
        change(tenantId, {
          status: 'suspended',
          suspension: { since: now().toISOString(), ...(reason !== undefined && { reason }) },
        }),
      activateTenant: async (tenantId: string) => {
        const { suspension: _, ...record } = tenants.get(tenantId) ?? {}
        if ('limits' in record) tenants.set(tenantId, { ...record, status: 'active' })
      },
    },
  }
}
