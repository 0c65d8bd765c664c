// Which partitions a worker should ask others for, and whether a holder should give one away: rendezvous hashing first, and
// then even shares, so that a fleet that changed is balanced again and stays as it is once it is.
import { type Candidate, preferenceFor, preferredOwner } from './placement.ts'

export type PoolView = {
  /** Of one pool. */
  partitions: readonly string[]
  /** Who may host its partitions and takes some. */
  workers: readonly Candidate[]
  /** Who holds which, with those that are on their way counted at their target. */
  holders: ReadonlyMap<string, string>
}

/** The share of the most loaded has to be this much over what the other's would become. */
const hysteresis = 1.15

function loads({ partitions, workers, holders }: PoolView) {
  const total = workers.reduce((sum, { capacity }) => sum + capacity, 0)
  const counts = new Map<string, number>()
  for (const partition of partitions) {
    const holder = holders.get(partition)
    if (holder !== undefined) counts.set(holder, (counts.get(holder) ?? 0) + 1)
  }
  const shares = new Map(
    workers.map(({ workerId, capacity }) => [workerId, (partitions.length * capacity) / Math.max(1, total)]),
  )
  /** Partitions by fair share: 1 is what it should have. */
  return (workerId: string, change = 0): number =>
    ((counts.get(workerId) ?? 0) + change) / Math.max(1e-9, shares.get(workerId) ?? 0)
}

/** Whether moving one partition evens the shares out by enough; after it, nobody would move it back. */
export function isWorthMoving(view: PoolView, from: string, to: string): boolean {
  const load = loads(view)
  return load(from) > load(to, 1) * hysteresis
}

/** The partitions to ask for now, best first: what rendezvous gives to this worker, then what suits it best of the most loaded. */
export function partitionsToAskFor(view: PoolView, self: string, atMost: number): string[] {
  const me = view.workers.find(({ workerId }) => workerId === self)
  if (!me) return []
  const active = new Set(view.workers.map(({ workerId }) => workerId))
  const holders = new Map(view.holders)
  const wanted: string[] = []
  const candidates = view.partitions
    .filter((partition) => {
      const holder = holders.get(partition)
      return holder !== undefined && holder !== self && active.has(holder)
    })
    .map((partition) => ({
      partition,
      mine: preferredOwner(partition, view.workers) === self,
      preference: preferenceFor(partition, me),
    }))
    .toSorted((a, b) => Number(b.mine) - Number(a.mine) || b.preference - a.preference)
  while (wanted.length < atMost) {
    const load = loads({ ...view, holders })
    const free = candidates.filter(({ partition }) => holders.get(partition) !== self)
    const worth = free.filter(({ partition }) => load(holders.get(partition) ?? '') > load(self, 1) * hysteresis)
    const heaviest = Math.max(...worth.map(({ partition }) => load(holders.get(partition) ?? '')))
    const next = worth.find(({ mine }) => mine) ?? worth.find((c) => load(holders.get(c.partition) ?? '') === heaviest)
    if (!next) break
    holders.set(next.partition, self)
    wanted.push(next.partition)
  }
  return wanted
}

/** Who gets a partition that its holder gives away: by rendezvous, unless that one has more than its share already. */
export function targetFor(view: PoolView, partition: string): string | undefined {
  const load = loads(view)
  const roomy = view.workers.filter(({ workerId }) => load(workerId, 1) <= hysteresis)
  const least = view.workers.toSorted((a, b) => load(a.workerId) - load(b.workerId))[0]
  return preferredOwner(partition, roomy) ?? least?.workerId
}

/** Whether so many sessions more may be on the move: a share of all, and at least one partition. */
export function mayMove(
  moving: readonly number[],
  more: number,
  sessions: number,
  share: number,
  atMost: number,
): boolean {
  if (moving.length === 0) return true
  const sum = moving.reduce((total, count) => total + count, more)
  return sum <= Math.min(atMost, sessions * share)
}
