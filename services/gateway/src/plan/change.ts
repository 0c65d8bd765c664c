// An account changes its plan by itself, as far as billing lets it.
import type { PlanName } from '@wagate/messages/plans.ts'
import type { Caller } from '../access/authenticate.ts'
import { requestedBy } from '../access/requested-by.ts'
import type { Billing } from '../billing/billing.ts'
import type { PlanControl } from '../control/plans.ts'
import { DomainError } from '../http/problem.ts'
import { misfits } from './fit.ts'
import { type HoldingsDeps, holdingsOf } from './use.ts'

export type ChangePlanDeps = HoldingsDeps & {
  plans: Pick<PlanControl, 'find' | 'wish' | 'withdraw' | 'apply'>
  billing: Billing
  onPlanChange: (change: { tenantId: string; from: PlanName; to: PlanName; status: PlanChangeStatus }) => void
}
export type PlanChangeStatus = 'applied' | 'awaiting_approval'

/** The plan that it has takes a request back. Throws `plan-does-not-fit`, with what to remove. */
export async function changePlan(deps: ChangePlanDeps, caller: Caller, to: PlanName): Promise<PlanChangeStatus> {
  const { tenantId } = caller
  const { plan: from } = await deps.plans.find(tenantId)
  if (to === from) {
    await deps.plans.withdraw(tenantId, requestedBy(caller))
    return 'applied'
  }
  const errors = misfits(to, await holdingsOf(deps, tenantId))
  if (errors.length > 0)
    throw new DomainError(
      'plan-does-not-fit',
      `This account has more than the plan allows: ${errors.map(({ message }) => message).join(' ')}`,
      { errors },
    )
  const status = (await deps.billing.judge({ tenantId, from, to })) === 'grant' ? 'applied' : 'awaiting_approval'
  if (status === 'applied') await deps.plans.apply(tenantId, { plan: to, overrides: {} }, requestedBy(caller))
  else await deps.plans.wish(tenantId, to, requestedBy(caller))
  deps.onPlanChange({ tenantId, from, to, status })
  return status
}
