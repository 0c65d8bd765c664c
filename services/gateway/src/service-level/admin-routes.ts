import { allLevelsQuery, allServiceLevels, serviceLevels, tenantLevelsQuery } from '@wagate/api/service-level.ts'
import type { TenantRecord } from '@wagate/messages/control.ts'
import type { Mount } from '../http/route.ts'
import { looking as scope, operatorTag as tag } from '../tenant/scopes.ts'
import { noSuchTenant } from '../tenant/show.ts'
import { rangeOf } from '../usage/range.ts'
import { presentAll, presentLevels } from './present.ts'
import type { ServiceLevelDeps } from './routes.ts'

export type AdminServiceLevelDeps = ServiceLevelDeps & {
  findTenant: (tenantId: string) => TenantRecord | undefined
}

export function adminServiceLevelRoutes(mount: Mount, deps: AdminServiceLevelDeps): void {
  mount(
    {
      method: 'get',
      path: '/v1/admin/service-levels',
      scope,
      tag,
      summary: 'See how well accounts were served, the worst first',
      description:
        'Of live sessions, over the whole range. `promise.kept` is false for accounts that got less than their plan promises.',
      query: allLevelsQuery,
      answers: { 200: { description: 'The figures.', schema: allServiceLevels } },
      problems: ['views-unavailable'],
    },
    async (call) => {
      const { limit, ...query } = call.query
      const range = rangeOf(query, deps.now())
      const tenants = (await deps.serviceLevels.readAll(range)).flatMap(({ tenantId, ...levels }) => {
        const found = deps.findTenant(tenantId)
        return found ? [{ tenantId, name: found.name, plan: found.plan ?? 'basic', levels }] : []
      })
      return call.json(200, presentAll(range, tenants, limit))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/admin/tenants/{tenant_id}/service-levels',
      scope,
      tag,
      summary: 'See how well an account was served, by day',
      query: tenantLevelsQuery,
      answers: { 200: { description: 'The figures, as the account sees them.', schema: serviceLevels } },
      problems: ['tenant-not-found', 'views-unavailable'],
    },
    async (call) => {
      const { mode, ...query } = call.query
      const range = rangeOf(query, deps.now())
      const tenant = deps.findTenant(call.params.tenant_id)
      if (!tenant || tenant.operators) throw noSuchTenant()
      const stored = await deps.serviceLevels.read(tenant.tenantId, mode, range)
      return call.json(200, presentLevels(range, mode, tenant.plan ?? 'basic', stored))
    },
  )
}
