// The partition leases of this worker. Ownership is only ever the answer to a write (`@wagate/runtime/lease.ts`).
import { leaseRecord, partitionLeaseKey } from '@wagate/messages/control.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvWatch } from '@wagate/runtime/broker.ts'
import { claimLease, type Lease, type LeaseDeps, releaseLease, renewLease } from '@wagate/runtime/lease.ts'

export type LeasesDeps = LeaseDeps & {
  ttlMs: number
  onLost: (partition: string) => void
}

/** What a lease that is free was before: nothing that anybody remembers, let go of in order, or left to expire. */
export type Before = { owner: string; atMs: number; how: 'released' | 'expired' }

export function createLeases(deps: LeasesDeps) {
  const held = new Map<string, Lease>()
  /** Who holds what, and when it was last seen to be written; expiry itself is silent. */
  const seen = new Map<string, { owner: string; atMs: number; released: boolean }>()

  function lose(partition: string): void {
    held.delete(partition)
    deps.onLost(partition)
  }

  /** Those in flight: a release has to know the revision that they lead to. */
  const renewals = new Map<string, Promise<void>>()

  function renew(partition: string, lease: Lease): Promise<void> {
    const renewal = renewOne(partition, lease).finally(() => renewals.delete(partition))
    renewals.set(partition, renewal)
    return renewal
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

  const isExpired = (atMs: number): boolean => deps.monotonicMs() - atMs > deps.ttlMs

  return {
    /** `onFreed`: somebody has let go of it in order, so it may be claimed now. */
    async watch(onFreed: (partition: string) => void = () => {}): Promise<KvWatch> {
      const watch = await deps.kv.watch({
        key: 'partition.*',
        onEntry: ({ key, value }) => {
          const partition = key.slice('partition.'.length)
          const atMs = deps.monotonicMs()
          if (value) seen.set(partition, { owner: ownerOf(value), atMs, released: false })
          else {
            const last = seen.get(partition)
            if (last) seen.set(partition, { ...last, atMs, released: true })
            onFreed(partition)
          }
        },
      })
      await watch.ready
      return watch
    },

    /** Whether a claim may succeed: nobody is known to hold it, or its holder has been silent for the lease's time. */
    isFree: (partition: string): boolean => {
      const last = seen.get(partition)
      return !held.has(partition) && (last === undefined || last.released || isExpired(last.atMs))
    },

    /** Who holds it, as far as is known. */
    holder: (partition: string): string | undefined => {
      if (held.has(partition)) return deps.owner
      const last = seen.get(partition)
      return last && !last.released && !isExpired(last.atMs) ? last.owner : undefined
    },

    /** Resolves with what it was before when it was claimed now. */
    async claim(partition: string): Promise<{ before: Before | undefined } | undefined> {
      const last = seen.get(partition)
      const lease = await claimLease(deps, partitionLeaseKey(partition)).catch(() => undefined)
      if (!lease) return undefined
      held.set(partition, lease)
      return { before: last && { owner: last.owner, atMs: last.atMs, how: last.released ? 'released' : 'expired' } }
    },

    /** Renews all; answers when each was last renewed, in monotonic ms. */
    async renewAll(): Promise<Record<string, number>> {
      await Promise.all([...held].map(([partition, lease]) => renewals.get(partition) ?? renew(partition, lease)))
      return Object.fromEntries([...held].map(([partition, lease]) => [partition, lease.renewedAtMs]))
    },

    /** Only when nothing acts under it any more. */
    async release(partition: string): Promise<void> {
      await renewals.get(partition)
      const lease = held.get(partition)
      held.delete(partition)
      if (lease) await releaseLease(deps, lease)
    },

    async releaseAll(): Promise<void> {
      await Promise.all(renewals.values())
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

function ownerOf(value: Uint8Array): string {
  const parsed = parseJson(value, leaseRecord, (lease) => ({ ok: true as const, lease }))
  return parsed.ok ? parsed.lease.owner : 'unknown'
}
