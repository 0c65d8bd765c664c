// The logins of all engines of this worker, paced together: many at once from one address look like an attack to WhatsApp.
import { type Bucket, fullBucket, type Rate, takeToken } from '../message/token-bucket.ts'

export type LoginPacerDeps = {
  pace: Rate
  monotonicMs: () => number
  after: (ms: number, run: () => void) => void
  grant: (engineId: string, egress: string) => void
}

/** `waiting`: how many logins each engine asked for; the first in the map is next. */
type Lane = { bucket: Bucket; waiting: Map<string, number>; timed: boolean }

/** Beyond this many addresses those that are at rest are forgotten. */
const maxLanes = 1_000

export type LoginPacer = ReturnType<typeof createLoginPacer>

export function createLoginPacer({ pace, monotonicMs, after, grant }: LoginPacerDeps) {
  const lanes = new Map<string, Lane>()

  function laneOf(egress: string): Lane {
    const known = lanes.get(egress)
    if (known) return known
    if (lanes.size >= maxLanes) {
      const restedMs = (1_000 * pace.burst) / pace.perSecond
      for (const [name, { waiting, bucket }] of lanes) {
        if (waiting.size === 0 && monotonicMs() - bucket.filledAtMs > restedMs) lanes.delete(name)
      }
    }
    const lane = { bucket: fullBucket(pace, monotonicMs()), waiting: new Map(), timed: false }
    lanes.set(egress, lane)
    return lane
  }

  function serve(egress: string, lane: Lane): void {
    for (const [engineId, count] of lane.waiting) {
      const { bucket, waitMs } = takeToken(pace, lane.bucket, monotonicMs())
      lane.bucket = bucket
      if (waitMs > 0) {
        if (lane.timed) return
        lane.timed = true
        after(waitMs, () => {
          lane.timed = false
          serve(egress, lane)
        })
        return
      }
      // To the end of the line, which this loop comes to again: engines take turns.
      lane.waiting.delete(engineId)
      if (count > 1) lane.waiting.set(engineId, count - 1)
      grant(engineId, egress)
    }
  }

  return {
    ask(engineId: string, egress: string): void {
      const lane = laneOf(egress)
      lane.waiting.set(engineId, (lane.waiting.get(engineId) ?? 0) + 1)
      serve(egress, lane)
    },
    /** The engine is gone: what it asked for is for others. */
    forget(engineId: string): void {
      for (const { waiting } of lanes.values()) waiting.delete(engineId)
    },
    waiting: (): number =>
      [...lanes.values()].flatMap(({ waiting }) => [...waiting.values()]).reduce((sum, count) => sum + count, 0),
  }
}
