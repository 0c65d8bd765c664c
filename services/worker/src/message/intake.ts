// The way into the outbox: it is bounded, and what comes beyond waits in order, so that a message is never overtaken by a
// later one of its session on its way in.
import type { CommandOf } from '@wagate/messages/commands.ts'
import type { QueuedMessage } from '../log/records.ts'
import { bytesOf, outboxLimit, waitingLimit } from './outbox.ts'

export type IntakeDeps = {
  queue: ReadonlyMap<string, QueuedMessage>
  /** The outbox reached its bound, or has room again. */
  onFull: (full: boolean) => void
}

/** `poison`: engines died over it. */
export type Taken = 'taken' | 'poison'

export function createIntake({ queue, onFull }: IntakeDeps) {
  let bytes = [...queue.values()].reduce((sum, message) => sum + bytesOf(message), 0)
  let full = false
  /** Commands that wait for room, in order of arrival. */
  const waiting: ((admitted: boolean) => void)[] = []
  let waitingBytes = 0
  let stopped = false

  /** To be called after the queue has changed. */
  function reportFullness(): void {
    const isFull = full
      ? queue.size > outboxLimit.clearsAt || bytes > outboxLimit.bytes
      : queue.size >= outboxLimit.messages || bytes >= outboxLimit.bytes
    if (isFull === full) return
    full = isFull
    onFull(full)
    while (!full) {
      const admit = waiting.shift()
      if (!admit) return
      admit(true)
    }
  }

  return {
    /** Runs `take` now, or when there is room. `full`: too many wait already, or none is taken any more; come again. */
    async admit(command: CommandOf<'message.send'>, take: () => Promise<Taken>): Promise<Taken | 'full'> {
      if (!full && waiting.length === 0 && !stopped) return take()
      const size = bytesOf(command.data)
      if (stopped || waiting.length >= waitingLimit.messages || waitingBytes + size > waitingLimit.bytes) return 'full'
      waitingBytes += size
      const { promise, resolve } = Promise.withResolvers<Taken | 'full'>()
      waiting.push((admitted) => {
        waitingBytes -= size
        resolve(admitted ? take() : 'full')
      })
      return promise
    },

    /** Changes the queue by way of `change`, which may add that message or take it away, and counts what it holds. */
    around<Result>(message: QueuedMessage, change: () => Result): Result {
      const before = queue.has(message.commandId)
      const result = change()
      const after = queue.has(message.commandId)
      if (before !== after) bytes += after ? bytesOf(message) : -bytesOf(message)
      reportFullness()
      return result
    },

    /** Takes nothing more; what waits for room goes back to the broker. */
    stop(): void {
      stopped = true
      for (const admit of waiting.splice(0)) admit(false)
    },

    stopped: () => stopped,
  }
}
