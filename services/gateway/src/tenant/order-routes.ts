// What the operator decides about the accounts. Each order is on record in the log of the account, and in the operator's own.
import {
  adminTenantDetail,
  createAdminTenant,
  deleteTenant,
  newAdminTenant,
  setPlan,
  suspendTenant,
} from '@wagate/api/admin-tenant.ts'
import { deletion } from '@wagate/api/deletion.ts'
import { actorId } from '../access/actor.ts'
import { termsOf } from '../control/audited.ts'
import type { DeletionControl } from '../control/deletion.ts'
import type { Control } from '../control/manage.ts'
import type { PlanControl } from '../control/plans.ts'
import { ownersToTell, type TellOwnersDeps } from '../deletion/tell-owners.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import { DomainError } from '../http/problem.ts'
import type { Mount } from '../http/route.ts'
import { type CreateDeps, createForCustomer, termsIn } from './create.ts'
import { ordering as scope, operatorTag as tag } from './scopes.ts'
import { createShow, orNoSuchTenant, type ShowDeps } from './show.ts'
import { suspensionToTell, type TellSuspensionDeps } from './tell-suspension.ts'

export type TenantOrderDeps = ShowDeps &
  CreateDeps &
  TellOwnersDeps &
  TellSuspensionDeps &
  IdempotencyDeps & {
    control: Pick<Control, 'createTenant' | 'suspendTenant' | 'activateTenant'>
    plans: Pick<PlanControl, 'apply' | 'withdraw' | 'history'>
    deletions: Pick<DeletionControl, 'begin' | 'takeBack'>
  }

const dayMs = 86_400_000
const answers = { 200: { description: 'The account, as it is now.', schema: adminTenantDetail } }
const problems = ['tenant-not-found', 'views-unavailable'] as const

export function tenantOrderRoutes(mount: Mount, deps: TenantOrderDeps): void {
  const show = createShow(deps)

  mount(
    {
      method: 'post',
      path: '/v1/admin/tenants',
      audit: 'tenant.created',
      scope,
      tag,
      summary: 'Make an account',
      description:
        'With any plan, and with terms that were agreed on. Whoever is to own it is invited by mail; without an address nobody can sign in to it yet.',
      body: createAdminTenant,
      answers: { 201: { description: 'It is made.', schema: newAdminTenant } },
      problems: ['views-unavailable'],
    },
    async ({ caller, origin, body, note, json }) => {
      const run = async () => {
        const { tenantId, invitation } = await createForCustomer(deps, body, actorId(caller.actor))
        return { status: 201, body: { tenant: await show.detail(tenantId), invitation } }
      }
      const done = await runOnce(deps, caller, origin, { body, run })
      const { id } = newAdminTenant.parse(done.body).tenant
      note({ doneTo: id, targets: [id], changes: termsOf(termsIn(body)) })
      return json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/admin/tenants/{tenant_id}/suspend',
      audit: 'tenant.suspended',
      scope,
      tag,
      summary: 'Suspend an account',
      description:
        'Its keys and people are refused, with the reason, and its sessions send nothing more: what is queued waits until it is activated, or expires. They stay linked, what comes in is kept and goes to its webhooks. A repeat changes the reason. Its owners are told by mail.',
      body: suspendTenant,
      answers,
      problems,
    },
    async ({ params, body, note, json }) => {
      const tenant = await show.find(params.tenant_id)
      const { tenantId } = tenant
      const tellOwners = await suspensionToTell(deps, tenant)
      await orNoSuchTenant(deps.control.suspendTenant(tenantId, body.reason))
      note({ doneTo: tenantId })
      await tellOwners(body.reason)
      return json(200, await show.detail(tenantId))
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/admin/tenants/{tenant_id}/activate',
      audit: 'tenant.activated',
      scope,
      tag,
      summary: 'Activate a suspended account',
      description:
        'Its sessions go on with what is queued, at their pace. Its owners are told by mail. A repeat changes nothing.',
      answers,
      problems,
    },
    async ({ params, note, json }) => {
      const tenant = await show.find(params.tenant_id)
      const { tenantId } = tenant
      const tellOwners = await suspensionToTell(deps, tenant)
      await orNoSuchTenant(deps.control.activateTenant(tenantId))
      note({ doneTo: tenantId })
      await tellOwners()
      return json(200, await show.detail(tenantId))
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/admin/tenants/{tenant_id}/plan',
      audit: 'plan.changed',
      scope,
      tag,
      summary: 'Set the plan and terms of an account',
      description:
        'It holds at once, and answers a request that waits. The agreed limits and price are those given here and no others. Nobody asks whether it fits: what is too much goes on working, and nothing new can be made until there is room.',
      body: setPlan,
      answers,
      problems,
    },
    async ({ caller, params, origin, body, note, json }) => {
      const { tenantId } = await show.find(params.tenant_id)
      const terms = termsIn(body)
      const run = async () => {
        await orNoSuchTenant(deps.plans.apply(tenantId, terms, 'operator'))
        return { status: 200, body: await show.detail(tenantId) }
      }
      const done = await runOnce(deps, caller, origin, { body, run })
      note({ doneTo: tenantId, changes: { ...termsOf(terms), holds: true } })
      return json(done.status, done.body, done.headers)
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/admin/tenants/{tenant_id}/refuse-plan',
      audit: 'plan.request_refused',
      scope,
      tag,
      summary: 'Refuse the plan that an account asked for',
      answers,
      problems: [...problems, 'no-plan-request'],
    },
    async ({ params, note, json }) => {
      const { tenantId } = await show.find(params.tenant_id)
      if (!(await orNoSuchTenant(deps.plans.withdraw(tenantId, 'operator', 'refused'))))
        throw new DomainError('no-plan-request', 'The account waits for no plan: it was answered or taken back.')
      note({ doneTo: tenantId })
      return json(200, await show.detail(tenantId))
    },
  )

  mount(
    {
      method: 'post',
      path: '/v1/admin/tenants/{tenant_id}/deletion',
      audit: 'tenant.deletion_requested',
      scope,
      tag,
      summary: 'Delete an account',
      description:
        'With everything in it, when the time of grace is over; its owners are told by mail. Until then it can be read, exported and kept. Asked again, the earlier of both times holds.',
      body: deleteTenant,
      answers: { 202: { description: 'When it is erased.', schema: deletion } },
      problems,
    },
    async ({ params, body, note, json }) => {
      const tenant = await show.find(params.tenant_id)
      const { tenantId } = tenant
      const asked = { graceMs: body.grace_days * dayMs, requestedBy: 'operator' }
      const tellOwners = await ownersToTell(deps, tenant)
      const deletesAt = await orNoSuchTenant(deps.deletions.begin(tenantId, asked))
      note({ doneTo: tenantId, changes: { deletes_at: deletesAt.toISOString() } })
      if (tenant.deletesAt === null) await tellOwners({ by: 'operator', at: deletesAt })
      return json(202, { deletes_at: deletesAt.toISOString() })
    },
  )

  mount(
    {
      method: 'delete',
      path: '/v1/admin/tenants/{tenant_id}/deletion',
      audit: 'tenant.deletion_cancelled',
      scope,
      tag,
      summary: 'Keep an account that was to be deleted',
      answers: { 204: { description: 'It works again.' } },
      problems: [...problems, 'no-deletion'],
    },
    async ({ params, note, answer }) => {
      const tenant = await show.find(params.tenant_id)
      const { tenantId } = tenant
      const tellOwners = await ownersToTell(deps, tenant)
      if (!(await deps.deletions.takeBack(tenantId)))
        throw new DomainError('no-deletion', 'The account is not to be deleted, or its deletion has begun.')
      note({ doneTo: tenantId })
      await tellOwners({ by: 'operator' })
      return answer(204, null, {})
    },
  )
}
