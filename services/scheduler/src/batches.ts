// Removes many rows without holding locks for long: a statement takes a bounded number, and there is a pause after each.
import { pause } from '@wagate/runtime/pause.ts'

export type Pace = { batch: number; pauseMs: number }
export const defaultPace: Pace = { batch: 1_000, pauseMs: 50 }

/** Calls `remove` until it finds less than a batch; resolves with how many it were. Ends early when the signal aborts, by throwing. */
export async function inBatches(
  { batch, pauseMs }: Pace,
  signal: AbortSignal,
  remove: (limit: number) => Promise<number>,
  onBatch: (total: number) => Promise<void> = async () => {},
): Promise<number> {
  let total = 0
  for (;;) {
    signal.throwIfAborted()
    const removed = await remove(batch)
    total += removed
    if (removed > 0) await onBatch(total)
    if (removed < batch) return total
    await pause(pauseMs, signal)
  }
}
