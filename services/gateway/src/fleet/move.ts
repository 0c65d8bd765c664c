// A session moves to another pool: its partition changes, and with it who hosts it; everything else stays as it is.
import type { SessionConfig } from '@wagate/messages/control.ts'
import { hostPartition } from '@wagate/messages/control.ts'
import { workerDefaults } from '@wagate/messages/fleet.ts'
import { partitionIn, sharedPool } from '@wagate/messages/pools.ts'
import { DomainError } from '../http/problem.ts'
import { type RewriteConfigDeps, rewriteConfig } from '../session/rewrite.ts'
import type { Fleet } from './fleet.ts'

export type MoveDeps = RewriteConfigDeps & {
  fleet: Omit<Fleet, 'stop'>
  /** Of the shared pool. */
  sharedPartitions: number
}

/**
 * The owner of the old partition lets go when every command that is queued there is in the session's log; then the new one takes
 * over, without a new scan. Throws `pool-not-served` when no active worker would, `session-not-found`.
 */
export async function moveSession(
  deps: MoveDeps,
  session: Pick<SessionConfig, 'tenantId' | 'sessionId'>,
  pool: string,
): Promise<SessionConfig> {
  if (!isServed(deps.fleet, pool))
    throw new DomainError(
      'pool-not-served',
      `No active worker serves the pool "${pool}": start one with POOLS=${pool}.`,
    )
  if (pool !== sharedPool) await deps.fleet.provisionPool(pool)
  const partition = partitionIn(pool, session.sessionId, deps.sharedPartitions)
  const config = await rewriteConfig(deps, session, (stored) => moved(stored, partition))
  if (!config) throw notFound()
  return config
}

/** Whether an active worker has the pool. */
export const isServed = (fleet: Pick<Fleet, 'workers'>, pool: string): boolean =>
  fleet
    .workers()
    .some(
      ({ pools = workerDefaults.pools, state = workerDefaults.state }) =>
        state === 'active' && pools.some((name) => name === pool),
    )

/** Back to where it still is hosted: then nothing has to move. */
export function moved(config: SessionConfig, partition: string): SessionConfig {
  if (config.partition === partition) return config
  const host = hostPartition(config)
  const { movingFrom: _, ...rest } = config
  return host === partition ? { ...rest, partition } : { ...rest, partition, movingFrom: host }
}

export const notFound = () => new DomainError('session-not-found', 'There is no session with this id.')
