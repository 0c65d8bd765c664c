// Keeps sessions where their accounts' plans want them: a change of plan moves them, without a new scan. Every gateway looks, each move is a
// compare-and-set, so that it happens once.
import { hostPartition, type TenantRecord } from '@wagate/messages/control.ts'
import { partitionIn, poolOf, sharedPool } from '@wagate/messages/pools.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { isServed, type MoveDeps, moveSession } from '../fleet/move.ts'
import type { SessionDirectory } from '../session/directory.ts'
import { isOwnPool, isPlanPool, type PlanPools, poolFor } from './place.ts'

export type PlacementDeps = Omit<MoveDeps, 'directory'> & {
  directory: MoveDeps['directory'] & Pick<SessionDirectory, 'configs'>
  tenants: () => Iterable<TenantRecord>
  findTenant: (tenantId: string) => TenantRecord | undefined
  planPools: PlanPools
}
export type Placement = ReturnType<typeof createPlacement>

/** In one round; each costs its session a new login. */
const movesAtOnce = 50

export function createPlacement(deps: PlacementDeps) {
  const { fleet, planPools } = deps

  /** Makes the pools that are missing, and retires those of accounts that have left them or are gone: they would ask for workers. */
  async function settlePools(): Promise<void> {
    const wanted = new Set([planPools.basic, planPools.pro])
    for (const tenant of deps.tenants()) wanted.add(poolFor(tenant, planPools))
    const known = new Set([sharedPool, ...fleet.pools()])
    for (const pool of wanted) if (!known.has(pool)) await fleet.provisionPool(pool)
    const retired = [...known].filter((pool) => isOwnPool(pool) && !wanted.has(pool))
    if (retired.length === 0) return
    const used = new Set(
      [...deps.directory.configs()].flatMap((config) => [poolOf(config.partition), poolOf(hostPartition(config))]),
    )
    for (const pool of retired) if (!used.has(pool)) await fleet.retirePool(pool)
  }

  return {
    /** Of a new session. While no worker serves the pool of its plan, the shared one has it. */
    partitionOf(sessionId: string, tenant: TenantRecord): string {
      const pool = poolFor(tenant, planPools)
      const isReady = pool !== sharedPool && fleet.pools().includes(pool) && isServed(fleet, pool)
      return partitionIn(isReady ? pool : sharedPool, sessionId, deps.sharedPartitions)
    },

    /**
     * One round: makes the pools that plans want, and moves sessions into them that are elsewhere. Sessions stay where they are while no
     * worker serves the pool: `waiting` says how many do.
     */
    async settle(): Promise<{ moved: number; waiting: number }> {
      await settlePools()
      let moved = 0
      let waiting = 0
      for (const { tenantId, sessionId, partition } of [...deps.directory.configs()]) {
        const tenant = deps.findTenant(tenantId)
        const pool = tenant && poolFor(tenant, planPools)
        const now = poolOf(partition)
        if (pool === undefined || pool === now || !isPlanPool(now, tenantId, planPools)) continue
        if (!isServed(fleet, pool)) waiting += 1
        else if (moved < movesAtOnce) {
          await moveSession(deps, { tenantId, sessionId }, pool)
          moved += 1
        }
      }
      return { moved, waiting }
    },
  }
}

const everyMs = 5_000

/** Settles now and every five seconds until the signal aborts. What cannot be done now is done then. */
export async function keepPlaced(
  placement: Pick<Placement, 'settle'>,
  { logger, onWaiting }: { logger: Logger; onWaiting: (sessions: number) => void },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const { moved, waiting } = await placement.settle()
      onWaiting(waiting)
      if (moved > 0) logger.info({ event: 'plan.sessions_moved', moved, waiting })
    } catch (error) {
      logger.warn({ event: 'plan.placement_failed', err: error })
    }
    await pause(everyMs, signal)
  }
}
