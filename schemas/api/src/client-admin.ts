// What the client offers to operators about the accounts. It needs an operator's key, or an operator's token.
import type {
  AdminTenant,
  AdminTenantDetail,
  AdminTenantsQuery,
  AdminUsageQuery,
  CreateAdminTenant,
  DeleteTenant,
  NewAdminTenant,
  PlanRequests,
  SetPlan,
  SuspendTenant,
} from './admin-tenant.ts'
import type { Business, BusinessQuery } from './business.ts'
import type { Query } from './call.ts'
import type { CallOptions, PageOptions } from './client.ts'
import type { Deletion } from './deletion.ts'
import type { Page } from './paging.ts'
import type { Usage } from './usage.ts'

type Calls = {
  get: <Answer>(path: string, query?: Query) => Promise<Answer>
  list: <Item>(path: string, options?: PageOptions) => Promise<Page<Item>>
  post: <Answer>(path: string, body: unknown, options?: CallOptions) => Promise<Answer>
  call: {
    empty: (method: string, path: string) => Promise<void>
    bytes: (path: string, accept: string, query?: Query) => Promise<Uint8Array>
  }
}
type Tenants = Omit<AdminTenantsQuery, 'limit' | 'cursor'>

export function adminMethods({ get, list, post, call }: Calls) {
  const tenant = (id: string) => `/v1/admin/tenants/${encodeURIComponent(id)}`
  return {
    listTenants: (options?: PageOptions & Tenants) => list<AdminTenant>('/v1/admin/tenants', options),
    getTenantDetail: (id: string) => get<AdminTenantDetail>(tenant(id)),
    createTenant: (body: CreateAdminTenant, options?: CallOptions) =>
      post<NewAdminTenant>('/v1/admin/tenants', body, options),
    suspendTenant: (id: string, body: SuspendTenant) => post<AdminTenantDetail>(`${tenant(id)}/suspend`, body),
    activateTenant: (id: string) => post<AdminTenantDetail>(`${tenant(id)}/activate`, undefined),
    listPlanRequests: () => get<PlanRequests>('/v1/admin/plan-requests'),
    setPlan: (id: string, body: SetPlan, options?: CallOptions) =>
      post<AdminTenantDetail>(`${tenant(id)}/plan`, body, options),
    refusePlan: (id: string) => post<AdminTenantDetail>(`${tenant(id)}/refuse-plan`, undefined),
    getTenantUsage: (id: string, query: AdminUsageQuery = {}) => get<Usage>(`${tenant(id)}/usage`, { ...query }),
    getTenantUsageCsv: async (id: string, query: AdminUsageQuery = {}) =>
      new TextDecoder().decode(await call.bytes(`${tenant(id)}/usage`, 'text/csv', { ...query })),
    deleteTenant: (id: string, body: DeleteTenant = {}) => post<Deletion>(`${tenant(id)}/deletion`, body),
    getBusiness: (query: BusinessQuery = {}) => get<Business>('/v1/admin/business', { ...query }),
    getBusinessCsv: async (query: BusinessQuery = {}) =>
      new TextDecoder().decode(await call.bytes('/v1/admin/business', 'text/csv', { ...query })),
    keepTenant: (id: string) => call.empty('DELETE', `${tenant(id)}/deletion`),
  }
}
