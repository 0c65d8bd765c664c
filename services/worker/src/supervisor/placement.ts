// Who should own which partition: rendezvous hashing, weighted by capacity, so that a worker that comes or goes moves only
// its own share.
import { createHash } from 'node:crypto'

export type Candidate = { workerId: string; capacity: number }

/** Weighted rendezvous score (Wang & Ravishankar; logarithmic method): higher wins. */
function score(partition: string, { workerId, capacity }: Candidate): number {
  const digest = createHash('sha256').update(`${workerId}|${partition}`).digest()
  const unit = (digest.readUIntBE(0, 6) + 1) / (2 ** 48 + 1)
  return -capacity / Math.log(unit)
}

export function preferredOwner(partition: string, workers: readonly Candidate[]): string | undefined {
  let best: { workerId: string; score: number } | undefined
  for (const worker of workers) {
    const own = score(partition, worker)
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
