// What the client offers of service levels.
import type { AllLevelsQuery, AllServiceLevels, ServiceLevels, TenantLevelsQuery } from './service-level.ts'
import type { UsageQuery } from './usage.ts'

type Query = Record<string, string | number | undefined>
type Calls = {
  get: <Answer>(path: string, query?: Query) => Promise<Answer>
  call: { bytes: (path: string, accept: string, query?: Query) => Promise<Uint8Array> }
}

export function levelMethods({ get, call }: Calls) {
  return {
    /** The month so far unless told otherwise. */
    getServiceLevels: (query: UsageQuery = {}) => get<ServiceLevels>('/v1/service-levels', query),
    /** The same as a table, a line per day. */
    getServiceLevelsCsv: async (query: UsageQuery = {}) =>
      new TextDecoder().decode(await call.bytes('/v1/service-levels', 'text/csv', query)),
    /** An operator's, as the next. */
    getTenantServiceLevels: (tenantId: string, query: TenantLevelsQuery = {}) =>
      get<ServiceLevels>(`/v1/admin/tenants/${encodeURIComponent(tenantId)}/service-levels`, query),
    getAllServiceLevels: (query: AllLevelsQuery = {}) => get<AllServiceLevels>('/v1/admin/service-levels', query),
  }
}
