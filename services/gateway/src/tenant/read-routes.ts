// What the operator sees of the accounts.
import {
  adminTenantDetail,
  adminTenantPage,
  adminTenantsQuery,
  adminUsageQuery,
  planRequests,
} from '@wagate/api/admin-tenant.ts'
import { usage } from '@wagate/api/usage.ts'
import type { z } from 'zod'
import type { PlanControl } from '../control/plans.ts'
import { type Cursors, pageOf } from '../http/cursor.ts'
import type { Mount } from '../http/route.ts'
import { answerUsage, type UsageDeps } from '../usage/answer.ts'
import { looking as scope, operatorTag as tag } from './scopes.ts'
import { createShow, type ShowDeps } from './show.ts'
import type { TenantFilter } from './store.ts'

export type TenantReadDeps = ShowDeps & UsageDeps & { cursors: Cursors; plans: Pick<PlanControl, 'wishes'> }

export function tenantReadRoutes(mount: Mount, deps: TenantReadDeps): void {
  const show = createShow(deps)

  mount(
    {
      method: 'get',
      path: '/v1/admin/tenants',
      scope,
      tag,
      summary: 'List the accounts',
      description:
        'With what they have and use. Sessions and messages are from this gateway’s memory, a moment old. Nobody’s address is shown here, and owners are found by a whole address only.',
      query: adminTenantsQuery,
      answers: { 200: { description: 'Newest first.', schema: adminTenantPage } },
      problems: ['invalid-cursor', 'views-unavailable'],
    },
    async (call) => {
      const { limit, cursor, ...asked } = call.query
      const list = ['admin', 'tenants', JSON.stringify(asked)]
      const before = cursor === undefined ? undefined : deps.cursors.decode(list, cursor).id
      const found = await deps.tenantStore.page(filterOf(asked), before, limit + 1)
      const rows = found.map((row) => ({ item: show.inList(row), position: { key: '', id: row.tenantId } }))
      return call.json(200, pageOf(rows, limit, { cursors: deps.cursors, list }))
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/admin/tenants/{tenant_id}',
      scope,
      tag,
      summary: 'Get an account',
      description: 'With its owners, limits, use, the history of its plan, and work that is not over.',
      answers: { 200: { description: 'The account.', schema: adminTenantDetail } },
      problems: ['tenant-not-found', 'views-unavailable'],
    },
    async ({ params, json }) => json(200, await show.detail(params.tenant_id)),
  )

  mount(
    {
      method: 'get',
      path: '/v1/admin/tenants/{tenant_id}/usage',
      scope,
      tag,
      summary: 'See what an account used, by day',
      description: 'The same figures as its own `GET /v1/usage`, as JSON or with `Accept: text/csv`.',
      query: adminUsageQuery,
      answers: {
        200: { description: 'The figures.', schema: usage, contentTypes: ['application/json', 'text/csv'] },
      },
      problems: ['tenant-not-found', 'views-unavailable', 'not-acceptable'],
    },
    async (call) => {
      const { tenantId } = await show.find(call.params.tenant_id)
      const { mode, ...query } = call.query
      return answerUsage(deps, call, { tenantId, mode }, query)
    },
  )

  mount(
    {
      method: 'get',
      path: '/v1/admin/plan-requests',
      scope,
      tag,
      summary: 'List who waits for a plan',
      description: 'Answer with `POST /v1/admin/tenants/{tenant_id}/plan` or `…/refuse-plan`.',
      answers: { 200: { description: 'The longest first, 1,000 at most.', schema: planRequests } },
      problems: ['views-unavailable'],
    },
    async ({ json }) => {
      const data = (await deps.plans.wishes()).map(({ tenantId, name, plan, wish, since }) => ({
        ...{ tenant_id: tenantId, name, plan, requested_plan: wish, since: since?.toISOString() },
      }))
      return json(200, { data })
    },
  )
}

type Asked = Omit<z.output<typeof adminTenantsQuery>, 'limit' | 'cursor'>

const filterOf = ({ status, plan, requested, q, owner_email }: Asked): TenantFilter => ({
  ...{ status, plan, text: q, ownerEmail: owner_email },
  requested: requested === undefined ? undefined : requested === 'true',
})
