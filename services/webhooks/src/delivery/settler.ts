// Ended attempts, recorded together: one statement for all that ended while the last one ran, and at least a few ms apart.
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Settled } from './queries.ts'

export type SettlerDeps = {
  write(settled: readonly Settled[]): Promise<void>
  logger: Logger
  gatherMs: number
  /** Between tries while the database is away. */
  retryEveryMs: number
}

/** Attempts recorded by one statement, at most. */
const groupSize = 1_000

export function createSettler({ write, logger, gatherMs, retryEveryMs }: SettlerDeps) {
  let waiting: Settled[] = []
  let running: Promise<void> | undefined
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

  const run = async (): Promise<void> => {
    await pause(gatherMs)
    while (waiting.length > 0) {
      const group = waiting.slice(0, groupSize)
      try {
        await write(group)
        waiting = waiting.slice(group.length)
      } catch (err) {
        // Kept until it succeeds. Should this process end before, the claims end too, and the deliveries are made again.
        logger.warn({ event: 'settling.waiting', size: waiting.length, err })
        await pause(retryEveryMs)
      }
    }
    running = undefined
  }

  return {
    add(settled: Settled): void {
      waiting.push(settled)
      running ??= run()
    },
    size: () => waiting.length,
    /** Resolves once everything added so far is recorded. */
    flushed: async (): Promise<void> => {
      while (running) await running
    },
  }
}
export type Settler = ReturnType<typeof createSettler>
