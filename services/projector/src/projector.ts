// Joins the batches of all shards into one transaction after another: while one runs, the next gathers. So the cost of a
// transaction is shared by more events the busier it gets. What cannot be projected is found and put aside, in order.
import type { Applied, Batch } from './apply.ts'
import { PoisonEvent, type StoredEvent } from './stored-event.ts'

export type ProjectorDeps = {
  applyBatches(batches: readonly Batch[]): Promise<Applied>
  /** True for errors that the same events will bring again: the database refuses a value. */
  isRefusal(error: unknown): boolean
  /** Told after each commit. */
  onApplied(batches: readonly Batch[], applied: Applied): void
  /** How long the first batch waits for others to share its transaction. */
  gatherMs: number
}

/** Stores an event in DEAD_LETTERS. */
export type PutAside = (stored: StoredEvent, reason: string) => Promise<void>

type Waiting = { batch: Batch; putAside: PutAside; done: PromiseWithResolvers<void> }

/** `project` resolves once the batch is committed (or put aside), and rejects when it must be tried again as it is. */
export function createProjector(deps: ProjectorDeps) {
  let waiting: Waiting[] = []
  let running = false

  const run = async () => {
    running = true
    await new Promise((resolve) => setTimeout(resolve, deps.gatherMs))
    while (waiting.length > 0) {
      const group = waiting
      waiting = []
      await commit(group)
    }
    running = false
  }

  const apply = async (batches: Batch[]): Promise<void> => {
    deps.onApplied(batches, await deps.applyBatches(batches))
  }

  /** All at once; if something in it is refused, each batch by itself. */
  const commit = async (group: Waiting[]): Promise<void> => {
    try {
      await apply(group.map(({ batch }) => batch))
      for (const { done } of group) done.resolve()
    } catch (error) {
      const mayBePoison = error instanceof PoisonEvent || deps.isRefusal(error)
      if (!mayBePoison) return reject(group, error)
      for (const member of group) await settle(member)
    }
  }

  const settle = async (member: Waiting): Promise<void> => {
    try {
      await commitWithoutPoison(member)
      member.done.resolve()
    } catch (error) {
      member.done.reject(error)
    }
  }

  const commitWithoutPoison = async ({ batch, putAside }: Waiting): Promise<void> => {
    let events = batch.events
    for (;;) {
      try {
        return await apply([{ ...batch, events }])
      } catch (error) {
        if (error instanceof PoisonEvent) {
          const poison = events.find((stored) => stored.seq === error.seq)
          if (poison) await putAside(poison, error.message)
          events = events.filter((stored) => stored.seq !== error.seq)
        } else if (deps.isRefusal(error)) {
          return oneByOne({ ...batch, events }, putAside)
        } else throw error
      }
    }
  }

  /** The database refused something among these events and does not say which one. */
  const oneByOne = async (batch: Batch, putAside: PutAside): Promise<void> => {
    for (const stored of batch.events) {
      try {
        await apply([{ events: [stored], end: { ...batch.end, seq: stored.seq } }])
      } catch (error) {
        if (!deps.isRefusal(error) && !(error instanceof PoisonEvent)) throw error
        await putAside(stored, reasonOf(error))
      }
    }
    await apply([{ events: [], end: batch.end }])
  }

  const reject = (group: Waiting[], error: unknown): void => {
    for (const { done } of group) done.reject(error)
  }

  return {
    project(batch: Batch, putAside: PutAside): Promise<void> {
      const done = Promise.withResolvers<void>()
      waiting.push({ batch, putAside, done })
      if (!running) void run()
      return done.promise
    },
  }
}

/** Without the message of a database error: it may quote values. */
const reasonOf = (error: unknown): string => {
  if (error instanceof PoisonEvent) return error.message
  return error instanceof Error && 'code' in error ? `refused by the database: ${String(error.code)}` : 'refused'
}
