// Ends what has waited past its `expiresAt`, also while nothing can be sent: one timer, for the earliest.
import type { QueuedMessage } from '../log/records.ts'
import { createWake } from './wake.ts'

export type DeadlineDeps = {
  queue: ReadonlyMap<string, QueuedMessage>
  nowMs: () => number
  after: (ms: number, run: () => void) => void
  expire: (message: QueuedMessage) => void
  /** Nothing is ended any more here: the next owner does it. */
  stopped: () => boolean
}

export const isPast = ({ expiresAt }: Pick<QueuedMessage, 'expiresAt'>, nowMs: number): boolean =>
  expiresAt !== undefined && Date.parse(expiresAt) <= nowMs

export function createDeadlines({ queue, nowMs, after, expire, stopped }: DeadlineDeps) {
  const lookIn = createWake({ nowMs, after, run: look })

  function watch({ expiresAt }: Pick<QueuedMessage, 'expiresAt'>): void {
    if (expiresAt !== undefined) lookIn(Date.parse(expiresAt) - nowMs())
  }

  function look(): void {
    if (stopped()) return
    const now = nowMs()
    for (const message of [...queue.values()]) if (isPast(message, now)) expire(message)
    for (const message of queue.values()) watch(message)
  }

  look()
  return { watch }
}
