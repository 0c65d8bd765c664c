// Messages per month: each gateway adds what it accepted to the shared record, every ten seconds and when an account has sent a hundredth of
// its month since. In between it knows its own; of the others it misses that little. A gateway that dies takes its last seconds with it.

import { parseJson } from '@wagate/messages/parse.ts'
import { countShardOf, countsKey, type MessageCounts, messageCounts } from '@wagate/messages/quota.ts'
import type { KvBucket, KvEntry } from '@wagate/runtime/broker.ts'
import { BrokerUnavailable, KeyExists, WrongLastSequence } from '@wagate/runtime/errors.ts'
import { monthOf } from './calendar.ts'

export type MonthDeps = { bucket: KvBucket; now: () => Date; onUnreadable: (key: string) => void }
export type MonthCounts = ReturnType<typeof createMonthCounts>

type Stored = { revision: number; messages: Record<string, number> }

const maxAttempts = 10

/** Feed it the bucket's watch before it is asked. */
export function createMonthCounts(deps: MonthDeps) {
  /** As the bucket has them, by key. */
  const stored = new Map<string, Stored>()
  /** Accepted here and not in the bucket yet, by key and tenant. */
  const pending = new Map<string, Map<string, number>>()
  /** On the way to the bucket. */
  const leaving = new Map<string, Map<string, number>>()

  const keyOf = (tenantId: string): string => countsKey(monthOf(deps.now()), countShardOf(tenantId))

  function add(key: string, tenantId: string, count: number): void {
    const counts = pending.get(key) ?? new Map<string, number>()
    pending.set(key, counts.set(tenantId, (counts.get(tenantId) ?? 0) + count))
  }

  function apply({ key, value, revision }: KvEntry): void {
    if (key < monthOf(deps.now())) return // a month that is over
    const last = stored.get(key)
    if (revision <= (last?.revision ?? 0)) return
    const messages = value ? (read(key, value)?.messages ?? last?.messages) : {}
    if (messages) stored.set(key, { revision, messages })
  }

  function read(key: string, value: Uint8Array): MessageCounts | undefined {
    const parsed = parseJson(value, messageCounts, (record) => ({ ok: true as const, record }))
    if (!parsed.ok) deps.onUnreadable(key)
    return parsed.ok ? parsed.record : undefined
  }

  async function flushKey(key: string, counts: ReadonlyMap<string, number>): Promise<void> {
    for (let attempt = 1; ; attempt++) {
      const entry = await deps.bucket.get(key)
      // What is known here is the better copy of a record that cannot be read; without one it is left to be repaired by hand.
      const known = entry ? (read(key, entry.value)?.messages ?? stored.get(key)?.messages) : {}
      if (!known) throw new Error(`the record ${key} cannot be read`)
      const messages = { ...known }
      for (const [tenantId, count] of counts) messages[tenantId] = Math.max(0, (messages[tenantId] ?? 0) + count)
      const value = Buffer.from(JSON.stringify({ v: 1, messages } satisfies MessageCounts))
      try {
        const revision = entry
          ? await deps.bucket.update(key, value, entry.revision)
          : await deps.bucket.create(key, value)
        leaving.delete(key)
        if (revision > (stored.get(key)?.revision ?? 0)) stored.set(key, { revision, messages })
        return
      } catch (error) {
        if ((!(error instanceof WrongLastSequence) && !(error instanceof KeyExists)) || attempt === maxAttempts)
          throw error
      }
    }
  }

  let running: Promise<void> | undefined
  async function flushAll(): Promise<void> {
    for (const key of stored.keys()) if (key < monthOf(deps.now())) stored.delete(key)
    for (const [key, counts] of [...pending]) {
      pending.delete(key)
      if ([...counts.values()].every((count) => count === 0)) continue
      leaving.set(key, counts)
      try {
        await flushKey(key, counts)
      } catch (error) {
        leaving.delete(key)
        // Where it may have been stored, it is left out: better a few seconds too little than twice.
        const mayBeStored = error instanceof BrokerUnavailable && error.mayHaveHappened
        if (!mayBeStored) for (const [tenantId, count] of counts) add(key, tenantId, count)
        throw error
      }
    }
  }

  return {
    apply,

    /** Accepted this month by all gateways, as far as known here. */
    used(tenantId: string): number {
      const key = keyOf(tenantId)
      const at = (counts: ReadonlyMap<string, number> | undefined) => counts?.get(tenantId) ?? 0
      return (stored.get(key)?.messages[tenantId] ?? 0) + at(leaving.get(key)) + at(pending.get(key))
    },

    /** Counts one; returns what takes that back. */
    count(tenantId: string): () => void {
      const key = keyOf(tenantId)
      add(key, tenantId, 1)
      return () => add(key, tenantId, -1)
    },

    /** Accepted here and not written yet. */
    unwritten: (tenantId: string): number => pending.get(keyOf(tenantId))?.get(tenantId) ?? 0,

    /** Writes what is pending; a flush that runs is waited for first. Throws what the bucket throws. */
    async flush(): Promise<void> {
      await running?.catch(() => undefined)
      running ??= flushAll().finally(() => {
        running = undefined
      })
      return running
    },
  }
}
