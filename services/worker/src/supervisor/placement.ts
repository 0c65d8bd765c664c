// Who should own which partition: rendezvous hashing, weighted by capacity, so that a worker that comes or goes moves only
// its own share.
import { createHash } from 'node:crypto'

export type Candidate = { workerId: string; capacity: number }

/** Weighted rendezvous score (Wang & Ravishankar; logarithmic method): higher wins. */
export function preferenceFor(partition: string, { workerId, capacity }: Candidate): number {
  const digest = createHash('sha256').update(`${workerId}|${partition}`).digest()
  const unit = (digest.readUIntBE(0, 6) + 1) / (2 ** 48 + 1)
  return -capacity / Math.log(unit)
}

export function preferredOwner(partition: string, workers: readonly Candidate[]): string | undefined {
  let best: { workerId: string; score: number } | undefined
  for (const worker of workers) {
    const own = preferenceFor(partition, worker)
    if (!best || own > best.score || (own === best.score && worker.workerId < best.workerId)) {
      best = { workerId: worker.workerId, score: own }
    }
  }
  return best?.workerId
}

/** The engine with the fewest partitions. */
export function leastLoaded<Engine extends { partitions: { size: number } }>(
  engines: readonly Engine[],
): Engine | undefined {
  return engines.reduce<Engine | undefined>(
    (least, engine) => (!least || engine.partitions.size < least.partitions.size ? engine : least),
    undefined,
  )
}

/** A session that moves has to log in again, so an imbalance has to be worth it: half as many again, and more than two. */
const hysteresis = { ratio: 1.5, partitions: 2 }

/** The partition to move next, from the engine that has most to make room at the one that has least; undefined when balanced. */
export function nextMove<Engine extends { partitions: Set<string> }>(
  engines: readonly Engine[],
): { from: Engine; partition: string } | undefined {
  const least = leastLoaded(engines)
  const most = engines.reduce<Engine | undefined>(
    (found, engine) => (!found || engine.partitions.size > found.partitions.size ? engine : found),
    undefined,
  )
  if (!least || !most) return undefined
  if (most.partitions.size <= least.partitions.size * hysteresis.ratio + hysteresis.partitions) return undefined
  const [partition] = most.partitions
  return partition === undefined ? undefined : { from: most, partition }
}
