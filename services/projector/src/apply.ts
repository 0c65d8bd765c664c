// One transaction: lock the checkpoints, fold what lies beyond them, write the rows, advance the checkpoints.
import type { Sql, TransactionSql } from 'postgres'
import { applyChats, loadChats } from './chat-view/apply.ts'
import { advanceCheckpoints, type Checkpoint, lockCheckpoints } from './checkpoint.ts'
import { type Changes, fold } from './fold.ts'
import { applyMessages } from './message-view/apply.ts'
import { monthsOf } from './message-view/project.ts'
import type { Partitions } from './partitions.ts'
import { applySessions, loadSessions } from './session-view/apply.ts'
import type { StoredEvent } from './stored-event.ts'

/** What one pull of one consumer brought; `end` is its last message, whether that is an event or not. */
export type Batch = { events: StoredEvent[]; end: Checkpoint }

/** `repeats`: events that had been projected before. */
export type Applied = { events: number; repeats: number }

/**
 * Projects the batches of several consumers at once. Events at or before their consumer's checkpoint change nothing.
 * @throws PoisonEvent, or what PostgreSQL answers; then nothing was written
 */
export async function applyBatches(sql: Sql, partitions: Partitions, batches: readonly Batch[]): Promise<Applied> {
  const { months, applied } = await sql.begin(async (tx) => {
    const all = batches.flatMap((batch) => batch.events)
    // Sent without waiting for one another: the server runs them in this order, the reads behind the locks.
    const [checkpoints, views] = await Promise.all([
      lockCheckpoints(tx, [...new Set(batches.map((batch) => batch.end.consumer))]),
      loadViews(tx, all),
    ])
    const fresh = batches.flatMap((batch) => {
      const done = checkpoints.get(batch.end.consumer)
      if (done === undefined) throw new Error(`no checkpoint of ${batch.end.consumer}: was the database replaced?`)
      return batch.events.filter((stored) => stored.seq > done)
    })
    const changes = fold(fresh, views.sessions, views.chats)
    const needed = monthsOf(changes.messages)
    await partitions.ensure(tx, needed)
    const ends = batches.map((batch) => batch.end)
    await Promise.all([applyChanges(tx, changes), advanceCheckpoints(tx, ends)])
    const repeats = changes.repeats + all.length - fresh.length
    return { months: needed, applied: { events: all.length - repeats, repeats } }
  })
  partitions.note(months)
  return applied
}

/** The rows that these events may change. */
export async function loadViews(sql: TransactionSql, events: readonly StoredEvent[]) {
  const all = events.map((stored) => stored.event)
  const [sessions, chats] = await Promise.all([loadSessions(sql, all), loadChats(sql, all)])
  return { sessions, chats }
}

export async function applyChanges(sql: TransactionSql, changes: Changes): Promise<void> {
  await Promise.all([
    applySessions(sql, changes.sessions),
    applyChats(sql, changes.chats),
    applyMessages(sql, changes.messages),
  ])
}
