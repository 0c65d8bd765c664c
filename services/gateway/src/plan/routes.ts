import { accountPlan, changePlan as changePlanBody, planChange, planList } from '@wagate/api/plan.ts'
import { type IdempotencyDeps, runOnce } from '../http/idempotency.ts'
import type { Mount } from '../http/route.ts'
import { monthEnd } from '../quota/calendar.ts'
import type { MessageQuota } from '../quota/quota.ts'
import { type ChangePlanDeps, changePlan } from './change.ts'
import { presentAccount, presentOffers } from './present.ts'
import { holdingsOf, presentUse } from './use.ts'

export type PlanDeps = ChangePlanDeps & IdempotencyDeps & { quota: Pick<MessageQuota, 'used'> }

const tag = 'Plan'

export function planRoutes(mount: Mount, deps: PlanDeps): void {
  const show = async (tenantId: string) => {
    const [standing, holdings] = await Promise.all([deps.plans.find(tenantId), holdingsOf(deps, tenantId)])
    return presentAccount(standing, presentUse(holdings, deps.quota.used(tenantId)), monthEnd(deps.now()))
  }

  mount(
    {
      method: 'get',
      path: '/v1/plan',
      scope: 'account:read',
      tag,
      summary: 'Your plan, its limits, and what is used',
      description:
        'Limits of sessions, keys and endpoints say how many there may be at once; those of messages begin anew with each minute of the clock and each month (UTC). Messages are counted when they are accepted.',
      answers: { 200: { description: 'As of now, over all gateways.', schema: accountPlan } },
      problems: ['views-unavailable'],
    },
    async (call) => call.json(200, await show(call.caller.tenantId)),
  )

  mount(
    {
      method: 'get',
      path: '/v1/plans',
      scope: 'account:read',
      tag,
      summary: 'List the plans',
      answers: { 200: { description: 'The smallest first.', schema: planList } },
    },
    (call) => call.json(200, { data: presentOffers() }),
  )

  mount(
    {
      method: 'post',
      path: '/v1/plan',
      audit: 'plan.changed',
      scope: 'account:write',
      tag,
      summary: 'Change the plan',
      description:
        'A plan without a price holds at once. One that costs something is a request, which waits for approval; a later request replaces it, and the plan that you have takes it back. A smaller plan is refused while you have more than it allows, with what to remove: nothing is deleted for you. Limits that were agreed with you end with the plan that they were agreed for.',
      body: changePlanBody,
      answers: {
        200: { description: 'The plan holds.', schema: planChange },
        202: { description: 'The request waits for approval.', schema: planChange },
      },
      problems: ['plan-does-not-fit', 'views-unavailable'],
    },
    async (call) => {
      const { caller, body, origin } = call
      const run = async () => {
        const status = await changePlan(deps, caller, body.plan)
        return { status: status === 'applied' ? 200 : 202, body: { status, account: await show(caller.tenantId) } }
      }
      const done = await runOnce(deps, caller, origin, { body, run })
      call.note({ targets: [caller.tenantId], changes: { plan: body.plan, holds: done.status === 200 } })
      return call.json(done.status, done.body, done.headers)
    },
  )
}
