// The standing job of a tenant: once a day, what is older than the tenant keeps goes. Marked first, so that nothing comes back.
import { isDeepStrictEqual } from 'node:util'
import type { Sql } from 'postgres'
import { defaultPace, inBatches, type Pace } from '../batches.ts'
import type { JobHandler } from '../job/job.ts'
import { type EventsDeps, removeEvents } from './events.ts'
import { cutoffs, type DataKind, hoursCutoff } from './limits.ts'
import { markRemoved, readChoice, removeChats, removeDeliveries, removeHours, removeMessages } from './queries.ts'

export type RetentionDeps = EventsDeps & {
  sql: Sql
  now: () => Date
  /** For how long the tenant's plan keeps data at most. */
  maxDaysOf(tenantId: string): Promise<number>
  everyMs: number
  pace?: Pace
  onRemoved(kind: DataKind | 'hours' | 'events', count: number): void
}

const removers = { messages: removeMessages, chats: removeChats, deliveries: removeDeliveries }

export function createRetention(deps: RetentionDeps): JobHandler {
  const { sql, pace = defaultPace } = deps
  return async ({ tenantId }, { signal, report }) => {
    const choice = await readChoice(sql, tenantId)
    const before = cutoffs(choice, await deps.maxDaysOf(tenantId), deps.now())
    await markRemoved(sql, tenantId, before)
    const removed: Record<string, number> = {}
    for (const kind of ['messages', 'chats', 'deliveries'] as const) {
      const count = await inBatches(
        pace,
        signal,
        (limit) => removers[kind](sql, tenantId, before[kind], limit),
        (total) => report({ step: kind, done: total }),
      )
      removed[kind] = count
      deps.onRemoved(kind, count)
    }
    const oldHours = hoursCutoff(deps.now())
    removed.hours = await inBatches(
      pace,
      signal,
      (limit) => removeHours(sql, tenantId, oldHours, limit),
      (total) => report({ step: 'hours', done: total }),
    )
    deps.onRemoved('hours', removed.hours)
    removed.events = await removeEvents(deps, tenantId, before.messages, signal)
    deps.onRemoved('events', removed.events)
    const changedMeanwhile = !isDeepStrictEqual(choice, await readChoice(sql, tenantId))
    return { kind: 'standing', afterMs: changedMeanwhile ? 0 : deps.everyMs, result: { removed } }
  }
}
