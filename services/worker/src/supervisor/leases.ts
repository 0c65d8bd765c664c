// The partition leases of this worker. Ownership is only ever the answer to a write (`@wagate/runtime/lease.ts`).
import { partitionLeaseKey } from '@wagate/messages/control.ts'
import type { KvWatch } from '@wagate/runtime/broker.ts'
import { claimLease, type Lease, type LeaseDeps, releaseLease, renewLease } from '@wagate/runtime/lease.ts'

export type LeasesDeps = LeaseDeps & { ttlMs: number; onLost: (partition: string) => void }

export function createLeases(deps: LeasesDeps) {
  const held = new Map<string, Lease>()
  /** When each lease of somebody was last seen to be written; expiry itself is silent. */
  const seen = new Map<string, number>()

  function lose(partition: string): void {
    held.delete(partition)
    deps.onLost(partition)
  }

  async function renewOne(partition: string, lease: Lease): Promise<void> {
    try {
      const renewed = await renewLease(deps, lease)
      if (renewed) held.set(partition, renewed)
      else lose(partition)
    } catch {
      if (deps.monotonicMs() - lease.renewedAtMs >= deps.ttlMs) lose(partition)
    }
  }

  return {
    async watch(): Promise<KvWatch> {
      const watch = await deps.kv.watch({
        key: 'partition.*',
        onEntry: ({ key, value }) => {
          const partition = key.slice('partition.'.length)
          if (value) seen.set(partition, deps.monotonicMs())
          else seen.delete(partition)
        },
      })
      await watch.ready
      return watch
    },

    /** Whether a claim may succeed: nobody is known to hold it, or its holder has been silent for the lease's time. */
    isFree: (partition: string): boolean => {
      const at = seen.get(partition)
      return !held.has(partition) && (at === undefined || deps.monotonicMs() - at > deps.ttlMs)
    },

    async claim(partition: string): Promise<void> {
      const lease = await claimLease(deps, partitionLeaseKey(partition)).catch(() => undefined)
      if (lease) held.set(partition, lease)
    },

    /** Renews all; answers when each was last renewed, in monotonic ms. */
    async renewAll(): Promise<Record<string, number>> {
      await Promise.all([...held].map(([partition, lease]) => renewOne(partition, lease)))
      return Object.fromEntries([...held].map(([partition, lease]) => [partition, lease.renewedAtMs]))
    },

    async releaseAll(): Promise<void> {
      const leases = [...held.values()]
      held.clear()
      await Promise.all(leases.map((lease) => releaseLease(deps, lease)))
    },

    held: (): string[] => [...held.keys()],
    /** Whether the last renewal of one went without an answer: it must not wait for its turn. */
    overdue: (): boolean =>
      [...held.values()].some(({ renewedAtMs }) => deps.monotonicMs() - renewedAtMs > deps.ttlMs * 0.3),
    renewedAtMs: (partition: string): number | undefined => held.get(partition)?.renewedAtMs,
  }
}
export type Leases = ReturnType<typeof createLeases>
