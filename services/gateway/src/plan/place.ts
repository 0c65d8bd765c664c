// Where the sessions of an account belong by its plan. Pure.
import type { TenantRecord } from '@wagate/messages/control.ts'
import { ulidOf } from '@wagate/messages/ids.ts'
import { plans } from '@wagate/messages/plans.ts'
import { sharedPool } from '@wagate/messages/pools.ts'

/** The pools of the plans that share workers, as the installation is configured. */
export type PlanPools = { basic: string; pro: string }

/** An account's own pool. A worker serves it with `POOLS=<this>`. */
export const dedicatedPoolOf = (tenantId: string): string => ulidOf(tenantId).toLowerCase()

/** Whether the name is one that `dedicatedPoolOf` gives, be the account there or not. */
export const isOwnPool = (pool: string): boolean => /^[0-7][0-9a-hjkmnp-tv-z]{25}$/.test(pool)

export function poolFor(
  { tenantId, plan = 'basic' }: Pick<TenantRecord, 'tenantId' | 'plan'>,
  pools: PlanPools,
): string {
  const { pool } = plans[plan]
  return pool === 'dedicated' ? dedicatedPoolOf(tenantId) : pools[pool]
}

/** Between these the plan decides. A session in any other pool was put there by the operator, and stays. */
export const isPlanPool = (pool: string, tenantId: string, pools: PlanPools): boolean =>
  [sharedPool, pools.basic, pools.pro, dedicatedPoolOf(tenantId)].includes(pool)
