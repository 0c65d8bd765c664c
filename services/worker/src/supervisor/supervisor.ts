// A worker: owns and renews the leases of its partitions and has its engines host them. Crypto in an engine can therefore
// never delay a renewal, and an engine that dies loses nothing but time.
import { partitionsOfPool } from '@wagate/messages/pools.ts'
import type { KvWatch } from '@wagate/runtime/broker.ts'
import type { Engines } from './engines.ts'
import type { Failovers } from './failovers.ts'
import type { Fleet } from './fleet.ts'
import type { Hosted, Hosting } from './hosted.ts'
import type { Leases } from './leases.ts'
import { preferredOwner } from './placement.ts'
import type { Sharing } from './sharing.ts'

export type SupervisorDeps = {
  workerId: string
  partitions: number
  /** Pools that this worker may host and that exist. */
  pools: () => readonly string[]
  leases: Leases
  engines: Engines
  fleet: Fleet
  failovers: Failovers
  hosting: Hosting
  hosted: Hosted
  sharing: Sharing
  times: Times
  nowMs: () => number
  monotonicMs: () => number
  random: () => number
  every: (ms: () => number, run: () => Promise<void> | void) => { stop: () => void }
  pause: (ms: number) => Promise<void>
}

/** All are parts of the lease's time; the comments say what they are for 20 s. */
export const timesOf = (leaseTtlMs: number) => ({
  /** 1 s: expiry is silent, so free partitions are looked for. */
  scanMs: leaseTtlMs / 20,
  /** 4 s; 1 s after a renewal that went wrong. */
  renewMs: leaseTtlMs / 5,
  retryMs: leaseTtlMs / 20,
  /** 5 s. */
  heartbeatMs: leaseTtlMs / 4,
  /** 15 s. */
  workerTtlMs: leaseTtlMs * 0.75,
  /** 3 s: a free partition that its preferred owner leaves alone for this long is anybody's. */
  patienceMs: leaseTtlMs * 0.15,
  /** 10 s, and never so short that a busy engine counts as hung. */
  hungAfterMs: Math.max(3_000, leaseTtlMs / 2),
})
export type Times = ReturnType<typeof timesOf>

/** How long a worker that was told to stop hands partitions over one by one; what is left then is let go of at once. */
const handingOverMs = 15_000

export async function startSupervisor(deps: SupervisorDeps) {
  const { leases, engines, fleet, failovers, hosting, hosted, sharing, times } = deps
  const freeSince = new Map<string, number>()
  const claiming = new Set<string>()

  async function claim(partition: string): Promise<void> {
    if (claiming.has(partition)) return
    claiming.add(partition)
    const claimed = await leases.claim(partition).finally(() => claiming.delete(partition))
    if (!claimed) return
    freeSince.delete(partition)
    const handover = sharing.handoverTo(partition)
    const { before } = claimed
    const untilMs = before ? deps.nowMs() - (deps.monotonicMs() - before.atMs) : hosted.untilMs(partition)
    if (untilMs !== undefined) hosting.lost(partition, untilMs)
    if (handover) failovers.begin(handover.reason, handover.from, partition, deps.nowMs())
    else if (before && untilMs !== undefined && before.owner !== deps.workerId)
      failovers.begin(before.how === 'expired' ? 'worker_lost' : 'drained', before.owner, partition, untilMs)
  }

  /** Claims what is free and whose turn it is; what is being handed to somebody is left to them for a while. One that leaves claims only what it was promised. */
  async function claimFree(): Promise<void> {
    const nowMs = deps.monotonicMs()
    const isActive = sharing.standing().state === 'active'
    const active = fleet.peers().filter(({ state }) => state === 'active')
    const claims = deps.pools().flatMap((pool) => {
      const workers = active.filter(({ pools }) => pools.includes(pool))
      return partitionsOfPool(pool, deps.partitions).filter((partition) => {
        if (!leases.isFree(partition) || sharing.isLetting(partition)) {
          freeSince.delete(partition)
          return false
        }
        const since = freeSince.get(partition) ?? nowMs
        freeSince.set(partition, since)
        if (sharing.handoverTo(partition)) return true
        if (!isActive) return false
        if (nowMs - since > times.patienceMs) return true
        return !sharing.isPromised(partition) && preferredOwner(partition, workers) === deps.workerId
      })
    })
    await Promise.all(claims.map(claim))
  }

  /** What is held and not on its way out needs an engine. */
  function place(): void {
    engines.place(leases.held().filter((partition) => !sharing.isLetting(partition)))
  }

  async function scan(): Promise<void> {
    engines.killHung()
    failovers.tick()
    if (engines.ready().length === 0) return
    await claimFree()
    place()
    sharing.tick()
    if (!sharing.isBusy() && !failovers.isSettling()) engines.rebalance()
  }

  sharing.onFreed(async (partition) => {
    await claim(partition)
    place()
  })
  const leasesWatch: KvWatch = await leases.watch((partition) => sharing.freed(partition))
  await fleet.beat()
  const scanning = deps.every(() => times.scanMs * (0.9 + 0.2 * deps.random()), scan)
  const beating = deps.every(
    () => times.heartbeatMs,
    async () => {
      await Promise.all([fleet.beat(), hosted.write()])
    },
  )
  const renewing = deps.every(
    () => (leases.overdue() ? times.retryMs : times.renewMs * (0.8 + 0.4 * deps.random())),
    async () => engines.renewed(await leases.renewAll()),
  )
  sharing.onChange(() => void fleet.beat())

  return {
    /** Hands out partitions that have no engine, now rather than with the next scan. */
    place: () => void scan().catch(() => {}),
    /** Gives everything away in order, while there is somebody to take it and time to do so; then ends. */
    async drain(): Promise<void> {
      sharing.stop()
      await fleet.beat()
      const untilMs = deps.monotonicMs() + handingOverMs
      while (leases.held().length > 0 && sharing.hasTakers() && deps.monotonicMs() < untilMs) {
        sharing.tick()
        await deps.pause(100)
      }
      scanning.stop()
      beating.stop()
      // One that hangs would keep all leases alive for ever.
      const watching = deps.every(() => times.scanMs, engines.killHung)
      await engines.drain()
      watching.stop()
      renewing.stop()
      await leases.releaseAll()
      await fleet.leave()
      await Promise.all([leasesWatch.stop(), sharing.close()])
    },
  }
}
