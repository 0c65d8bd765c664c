// The fleet's capacity for an autoscaler. Every gateway tells the same.
import type { PoolCapacity } from '@wagate/api/admin.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'

/** Called before each scrape. */
export function fleetGauges(metrics: Metrics, pools: () => PoolCapacity[]): () => void {
  const workers = metrics.gauge('fleet_workers', 'Active workers that serve the pool', ['pool'])
  const capacity = metrics.gauge('fleet_capacity_sessions', 'Sessions that they should carry', ['pool'])
  const sessions = metrics.gauge('fleet_sessions', 'Sessions that exist in the pool', ['pool'])
  const load = metrics.gauge('fleet_load', 'Mean load of the workers; 1 = as much as they should carry', ['pool'])
  const shortage = metrics.gauge('fleet_shortage_workers', 'Workers to add; negative: that can be drained', ['pool'])
  return () => {
    for (const gauge of [workers, capacity, sessions, load, shortage]) gauge.reset()
    for (const each of pools()) {
      const { pool } = each
      workers.set({ pool }, each.workers)
      capacity.set({ pool }, each.capacity)
      sessions.set({ pool }, each.sessions)
      load.set({ pool }, each.load)
      shortage.set({ pool }, each.shortage_workers)
    }
  }
}
