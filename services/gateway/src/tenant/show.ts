// Reads one account for the operator, or some of a list.
import type { AdminTenant, AdminTenantDetail } from '@wagate/api/admin-tenant.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { isId } from '@wagate/messages/ids.ts'
import type { PlanControl } from '../control/plans.ts'
import { UnknownTarget } from '../control/unknown-target.ts'
import { DomainError } from '../http/problem.ts'
import { type HoldingsDeps, holdingsOf, presentUse } from '../plan/use.ts'
import type { MessageQuota } from '../quota/quota.ts'
import type { SessionDirectory } from '../session/directory.ts'
import { type Now, presentDetail, presentTenant } from './present.ts'
import type { TenantRow, TenantStore } from './store.ts'

export type ShowDeps = HoldingsDeps & {
  tenantStore: TenantStore
  directory: Pick<SessionDirectory, 'count' | 'list'>
  quota: Pick<MessageQuota, 'used'>
  plans: Pick<PlanControl, 'history'>
}

export const noSuchTenant = () =>
  new DomainError('tenant-not-found', 'There is no account with this id: see GET /v1/admin/tenants.')

/** Somebody may have erased it meanwhile. */
export async function orNoSuchTenant<Result>(run: Promise<Result>): Promise<Result> {
  return run.catch((error: unknown) => {
    throw error instanceof UnknownTarget ? noSuchTenant() : error
  })
}

export function createShow(deps: ShowDeps) {
  function inMemory(tenantId: string): Now {
    const ofMode = (mode: Mode) => {
      const sessions = deps.directory.list(tenantId, mode)
      const connected = sessions.filter(({ state }) => state?.status === 'connected').length
      return { existing: sessions.length, connected }
    }
    const sessions = { live: ofMode('live'), sandbox: ofMode('test') }
    return { sessions, messagesThisMonth: deps.quota.used(tenantId).month }
  }

  /** Throws `tenant-not-found`. */
  async function find(tenantId: string): Promise<TenantRow> {
    const row = isId('tenant', tenantId) ? await deps.tenantStore.find(tenantId) : undefined
    if (!row) throw noSuchTenant()
    return row
  }

  return {
    find,

    inList: (row: TenantRow): AdminTenant => presentTenant(row, inMemory(row.tenantId)),

    /** Throws `tenant-not-found`. */
    async detail(tenantId: string): Promise<AdminTenantDetail> {
      const row = await find(tenantId)
      const [owners, changes, jobs, holdings] = await Promise.all([
        deps.tenantStore.owners(tenantId),
        deps.plans.history(tenantId),
        deps.tenantStore.openJobs(tenantId),
        holdingsOf(deps, tenantId),
      ])
      const used = presentUse(holdings, deps.quota.used(tenantId))
      return presentDetail(row, inMemory(tenantId), { owners, changes, jobs, used })
    },
  }
}
export type Show = ReturnType<typeof createShow>
