// The way into the outbox: it is bounded, and what comes beyond waits in order, so that a message is never overtaken by a
// later one of its session and lane on its way in.
import { type CommandOf, type Lane, lanes } from '@wagate/messages/commands.ts'
import type { QueuedMessage } from '../log/records.ts'
import { bytesOf, outboxLimit, shareOf, waitingLimit } from './outbox.ts'

export type IntakeDeps = {
  queue: ReadonlyMap<string, QueuedMessage>
  /** Which lanes take no more; called when that changes. */
  onFull: (full: readonly Lane[]) => void
}

/** `poison`: engines died over it. */
export type Taken = 'taken' | 'poison'

export function createIntake({ queue, onFull }: IntakeDeps) {
  let bytes = [...queue.values()].reduce((sum, message) => sum + bytesOf(message), 0)
  let full: readonly Lane[] = []
  full = lanes.filter(isFull) // the last owner may have left a full one
  /** Commands that wait for room, in order of arrival. */
  const waiting: Record<Lane, ((admitted: boolean) => void)[]> = { high: [], normal: [], bulk: [] }
  const held = { messages: 0, bytes: 0 }
  let stopped = false

  function isFull(lane: Lane): boolean {
    const share = shareOf[lane]
    const most = share * outboxLimit.bytes
    if (full.includes(lane)) return queue.size > share * outboxLimit.clearsAt || bytes > most
    return queue.size >= share * outboxLimit.messages || bytes >= most
  }

  /** To be called after the queue has changed. */
  function reportFullness(): void {
    const now = lanes.filter(isFull)
    if (now.length === full.length) return // the less urgent are full whenever a more urgent one is
    full = now
    onFull(full)
    for (const lane of lanes) while (!full.includes(lane) && waiting[lane].length > 0) waiting[lane].shift()?.(true)
  }

  function isHeldFull(lane: Lane, size: number): boolean {
    const share = shareOf[lane]
    return held.messages >= share * waitingLimit.messages || held.bytes + size > share * waitingLimit.bytes
  }

  return {
    /** Runs `take` now, or when there is room. `full`: too many wait already, or none is taken any more; come again. */
    async admit(command: CommandOf<'message.send'>, take: () => Promise<Taken>): Promise<Taken | 'full'> {
      const { lane } = command.data
      if (!full.includes(lane) && waiting[lane].length === 0 && !stopped) return take()
      const size = bytesOf(command.data)
      if (stopped || isHeldFull(lane, size)) return 'full'
      held.messages += 1
      held.bytes += size
      const { promise, resolve } = Promise.withResolvers<Taken | 'full'>()
      waiting[lane].push((admitted) => {
        held.messages -= 1
        held.bytes -= size
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
      for (const lane of lanes) for (const admit of waiting[lane].splice(0)) admit(false)
    },

    stopped: () => stopped,
    full: () => full,
  }
}
