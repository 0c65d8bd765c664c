// A session moves to another pool: its partition changes, and with it who hosts it; everything else stays as it is.
import type { SessionConfig } from '@wagate/messages/control.ts'
import { hostPartition } from '@wagate/messages/control.ts'
import { workerDefaults } from '@wagate/messages/fleet.ts'
import { partitionIn, sharedPool } from '@wagate/messages/pools.ts'
import { WrongLastSequence } from '@wagate/runtime/errors.ts'
import { DomainError } from '../http/problem.ts'
import type { SessionDirectory } from '../session/directory.ts'
import type { Fleet } from './fleet.ts'

export type MoveDeps = {
  fleet: Omit<Fleet, 'stop'>
  directory: SessionDirectory
  /** Of the shared pool. */
  sharedPartitions: number
  readSessionConfig: (
    tenantId: string,
    sessionId: string,
  ) => Promise<{ config: SessionConfig; revision: number } | undefined>
  updateSessionConfig: (config: SessionConfig, revision: number) => Promise<number>
}

const maxAttempts = 5

/**
 * The owner of the old partition lets go when every command that is queued there is in the session's log; then the new one takes
 * over, without a new scan. Throws `pool-not-served` when no active worker would, `session-not-found`.
 */
export async function moveSession(
  deps: MoveDeps,
  { tenantId, sessionId }: { tenantId: string; sessionId: string },
  pool: string,
): Promise<SessionConfig> {
  const serves = deps.fleet
    .workers()
    .some(
      ({ pools = workerDefaults.pools, state = workerDefaults.state }) =>
        state === 'active' && pools.some((name) => name === pool),
    )
  if (!serves)
    throw new DomainError(
      'pool-not-served',
      `No active worker serves the pool "${pool}": start one with POOLS=${pool}.`,
    )
  if (pool !== sharedPool) await deps.fleet.provisionPool(pool)
  for (let attempt = 1; ; attempt++) {
    const stored = await deps.readSessionConfig(tenantId, sessionId)
    if (!stored || stored.config.desired === 'deleted') throw notFound()
    const config = moved(stored.config, partitionIn(pool, sessionId, deps.sharedPartitions))
    if (config === stored.config) return config
    try {
      deps.directory.put(config, await deps.updateSessionConfig(config, stored.revision))
      return config
    } catch (error) {
      if (!(error instanceof WrongLastSequence) || attempt === maxAttempts) throw error
    }
  }
}

/** Back to where it still is hosted: then nothing has to move. */
export function moved(config: SessionConfig, partition: string): SessionConfig {
  if (config.partition === partition) return config
  const host = hostPartition(config)
  const { movingFrom: _, ...rest } = config
  return host === partition ? { ...rest, partition } : { ...rest, partition, movingFrom: host }
}

export const notFound = () => new DomainError('session-not-found', 'There is no session with this id.')
