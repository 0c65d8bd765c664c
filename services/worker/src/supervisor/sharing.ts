// How this worker shares partitions with the others: asks for what it should have, gives what it is asked for, gives all of it
// away when it has to leave. Joins the pure decisions of `balance.ts` to the bucket of handovers.
import type { HandoverRecord, WorkerRecord } from '@wagate/messages/fleet.ts'
import { partitionsOfPool, poolOf } from '@wagate/messages/pools.ts'
import { isWorthMoving, mayMove, type PoolView, partitionsToAskFor, targetFor } from './balance.ts'
import type { Engines } from './engines.ts'
import type { Fleet, Peer } from './fleet.ts'
import type { Handovers } from './handovers.ts'
import type { Leases } from './leases.ts'

export type SharingDeps = {
  workerId: string
  partitions: number
  pools: () => readonly string[]
  leases: Leases
  engines: () => Engines
  fleet: () => Fleet
  handovers: () => Handovers
  log: (event: string, fields: Record<string, unknown>) => void
}

/** A balancing move is not urgent; a worker that leaves moves more at once, but never so many that logins queue up for long. */
const balancing = { share: 0.1, atMost: Number.POSITIVE_INFINITY }
const leaving = { share: 0.25, atMost: 100 }
/** Asks of one worker that are open at once. */
const asksAtOnce = 4

export function createSharing(deps: SharingDeps) {
  const { workerId, leases } = deps
  let desired: 'active' | 'drained' = 'active'
  let stopping = false
  let changed: () => void = () => {}
  let claimFreed: (partition: string) => Promise<void> = async () => {}
  let waitingFor: string | undefined
  /** When the leaving began. */
  let sessionsToGive = 0
  /** Told to let go of, and how to say when that is done. */
  const letting = new Map<string, (closedAt: string | undefined) => void>()

  const isLeaving = (): boolean => stopping || desired === 'drained'

  function standing(): { state: NonNullable<WorkerRecord['state']>; waitingFor?: string } {
    if (!isLeaving()) return { state: 'active' }
    if (leases.held().length === 0) return { state: 'drained' }
    return { state: 'draining', ...(waitingFor ? { waitingFor } : {}) }
  }

  /** `except`: a partition to look at as if nobody had asked for it. */
  function viewOf(pool: string, workers: readonly Peer[], except?: string): PoolView {
    const partitions = partitionsOfPool(pool, deps.partitions)
    const holders = new Map<string, string>()
    for (const partition of partitions) {
      const promised = partition === except ? undefined : deps.handovers().find(partition)?.to
      const holder = promised ?? leases.holder(partition)
      if (holder !== undefined) holders.set(partition, holder)
    }
    return { partitions, workers, holders }
  }

  const membersOf = (pool: string): Peer[] =>
    deps
      .fleet()
      .peers()
      .filter(({ state, pools }) => state === 'active' && pools.includes(pool))

  /** Sessions of partitions that are on their way from here. */
  const moving = (): number[] =>
    deps
      .handovers()
      .all()
      .filter(({ from, state }) => from === workerId && state !== 'asked')
      .map(({ partition, sessions }) => sessions ?? deps.engines().sessionsOf(partition))

  function mayGive(partition: string, to: string): 'yes' | 'later' | 'no' {
    const members = membersOf(poolOf(partition))
    const taker = members.find((peer) => peer.workerId === to)
    if (!leases.held().includes(partition) || letting.has(partition)) return 'no'
    if (!taker || taker.load >= 1) return 'no'
    if (isLeaving()) return 'yes'
    if (!isWorthMoving(viewOf(poolOf(partition), members, partition), workerId, to)) return 'no'
    const { share, atMost } = balancing
    const more = deps.engines().sessionsOf(partition)
    return mayMove(moving(), more, deps.fleet().sessions(), share, atMost) ? 'yes' : 'later'
  }

  function askForMore(): void {
    const { fleet, handovers } = deps
    if (fleet().load() >= 1) return
    const open = handovers()
      .all()
      .filter(({ to }) => to === workerId).length
    let left = asksAtOnce - open
    for (const pool of deps.pools()) {
      if (left <= 0) return
      const view = viewOf(pool, membersOf(pool))
      const wanted = partitionsToAskFor(view, workerId, left).filter((name) => !handovers().wasRefused(name))
      left -= wanted.length
      for (const partition of wanted) void handovers().ask(partition, view.holders.get(partition) ?? '')
    }
  }

  const takersOf = (partition: string): Peer[] =>
    membersOf(poolOf(partition)).filter((peer) => peer.workerId !== workerId && peer.load < 1)

  function giveAway(): void {
    const free = leases.held().filter((name) => !letting.has(name) && !isPromised(name))
    const onTheMove = moving()
    let nobodyFor: string | undefined
    sessionsToGive = Math.max(sessionsToGive, deps.fleet().sessions())
    for (const partition of free) {
      const takers = takersOf(partition)
      const target = targetFor(viewOf(poolOf(partition), takers, partition), partition)
      if (target === undefined) {
        nobodyFor = poolOf(partition)
        continue
      }
      const sessions = deps.engines().sessionsOf(partition)
      if (!mayMove(onTheMove, sessions, sessionsToGive, leaving.share, leaving.atMost)) break
      onTheMove.push(sessions)
      void deps.handovers().offer(partition, target)
    }
    const reason = nobodyFor && `another worker with room that serves the pool ${nobodyFor}`
    if (reason === waitingFor) return
    waitingFor = reason
    if (reason) deps.log('drain.waiting', { waitingFor: reason })
    changed()
  }

  /** On its way from somebody to somebody, agreed on by both. */
  function isPromised(partition: string): boolean {
    const handover = deps.handovers().find(partition)
    return handover !== undefined && handover.state !== 'asked'
  }

  return {
    standing,
    mayGive,
    isPromised,
    /** Our engine is told to let go; resolves when the lease is free. */
    async letGo(partition: string): Promise<string | undefined> {
      const done = Promise.withResolvers<string | undefined>()
      letting.set(partition, done.resolve)
      if (!deps.engines().revoke(partition)) done.resolve(undefined)
      const closedAt = await done.promise
      await leases.release(partition)
      letting.delete(partition)
      return closedAt
    },
    /** No engine of ours has it any more. */
    revoked: (partition: string, closedAt: string | undefined): void => letting.get(partition)?.(closedAt),
    isLetting: (partition: string): boolean => letting.has(partition),
    isBusy: (): boolean => letting.size > 0 || moving().length > 0,
    /** The handover by which a partition is to be ours. */
    handoverTo(partition: string): HandoverRecord | undefined {
      const handover = deps.handovers().find(partition)
      return handover?.to === workerId && isPromised(partition) ? handover : undefined
    },
    freed: (partition: string): void => deps.handovers().freed(partition),
    claim: (partition: string): void => void claimFreed(partition).catch(() => {}),
    tick(): void {
      deps.handovers().tick()
      if (isLeaving()) giveAway()
      else askForMore()
    },
    /** An operator's order, or that there is none any more. */
    order(wanted: 'active' | 'drained'): void {
      if (wanted === desired) return
      desired = wanted
      sessionsToGive = 0
      waitingFor = undefined
      deps.log(wanted === 'drained' ? 'worker.draining' : 'worker.active', { partitions: leases.held().length })
      changed()
    },
    /** This worker will end: what it has goes to others, whatever the order was. */
    stop(): void {
      stopping = true
    },
    hasTakers: (): boolean =>
      leases.held().some((partition) => takersOf(partition).length > 0 || isPromised(partition)),
    onChange(run: () => void): void {
      changed = run
    },
    onFreed(run: (partition: string) => Promise<void>): void {
      claimFreed = run
    },
    close: () => deps.handovers().stop(),
  }
}
export type Sharing = ReturnType<typeof createSharing>
