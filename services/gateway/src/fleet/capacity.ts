// Is there enough of each pool? Pure: from heartbeats and the number of sessions to what an autoscaler should do.
import type { PoolCapacity } from '@wagate/api/admin.ts'
import { type WorkerRecord, workerDefaults } from '@wagate/messages/fleet.ts'
import { sharedPool } from '@wagate/messages/pools.ts'

/** Workers are added when the mean load would be over the first, and taken away when it stays under the second without them. */
const addOver = 0.8
const removeUnder = 0.6
/** So that one may die: the others take its sessions over. */
const leastShared = 2
const leastDedicated = 1
/** Of a worker that is not there yet. */
const assumedCapacity = 1_000

export function capacityOf(
  pools: readonly string[],
  workers: readonly WorkerRecord[],
  sessionsOf: (pool: string) => number,
): PoolCapacity[] {
  return pools.map((pool) => {
    const members = workers.filter(
      (worker) =>
        (worker.pools ?? workerDefaults.pools).some((name) => name === pool) &&
        (worker.state ?? workerDefaults.state) === 'active',
    )
    const capacity = members.reduce((sum, worker) => sum + worker.capacity, 0)
    const sessions = sessionsOf(pool)
    const hosted = members.reduce((sum, worker) => sum + worker.sessions, 0)
    const each = members.length > 0 ? capacity / members.length : assumedCapacity
    /** In workers: what is carried, and what nobody carries yet. */
    const demand =
      members.reduce((sum, worker) => sum + (worker.load ?? worker.sessions / worker.capacity), 0) +
      Math.max(0, sessions - hosted) / each
    return {
      pool,
      workers: members.length,
      capacity,
      sessions,
      load: members.length > 0 ? Math.round((demand / members.length) * 1_000) / 1_000 : 0,
      shortage_workers: shortage(members.length, demand, pool === sharedPool ? leastShared : leastDedicated),
    }
  })
}

/** A sum of loads is off by a rounding error, which must not ask for a whole worker. */
const roundingError = 1e-9

function shortage(workers: number, demand: number, least: number): number {
  const neededAt = (load: number): number => Math.max(least, Math.ceil(demand / load - roundingError))
  if (workers < neededAt(addOver)) return neededAt(addOver) - workers
  return Math.min(0, neededAt(removeUnder) - workers) || 0
}
