// One transaction: lock the checkpoints, fold what lies beyond them, write the rows, advance the checkpoints. One statement
// reads and one writes, because each costs the service about as much as folding twenty events.
import type { Sql, TransactionSql } from 'postgres'
import { applyMerges, changedChats, chatsParameter, selectChats, writeChats } from './chat-view/apply.ts'
import { type ChatRow, type Chats, openChats } from './chat-view/project.ts'
import { advanceCheckpoints, type Checkpoint, checkpointsParameter, lockCheckpoints } from './checkpoint.ts'
import { type Changes, fold } from './fold.ts'
import { hourRows, writeHours } from './message-hour/apply.ts'
import { applyForeignReceipts, moveMessages, moveParameters, writeMessages } from './message-view/apply.ts'
import { monthsOf } from './message-view/project.ts'
import { wordRows, writeWords } from './message-words/apply.ts'
import type { Partitions } from './partitions.ts'
import { jsonOf } from './recordset.ts'
import { serviceRows, writeService } from './service-level/apply.ts'
import { applyTimeline } from './session-timeline/apply.ts'
import { openSessions, selectSessions, sessionsParameter, writeSessions } from './session-view/apply.ts'
import type { SessionRow, Sessions } from './session-view/project.ts'
import type { StoredEvent } from './stored-event.ts'
import { usageRows, writeUsage } from './usage/apply.ts'

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
    // Sent without waiting for one another: the server runs them in this order, the read behind the locks.
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
    await applyChanges(
      tx,
      changes,
      batches.map((batch) => batch.end),
    )
    const repeats = changes.repeats + all.length - fresh.length
    return { months: needed, applied: { events: all.length - repeats, repeats } }
  })
  partitions.note(months)
  return applied
}

const load = `${selectSessions(1)} union all ${selectChats(2)}`

/** The rows that these events may change. */
export async function loadViews(
  sql: TransactionSql,
  events: readonly StoredEvent[],
): Promise<{ sessions: Sessions; chats: Chats }> {
  const all = events.map((stored) => stored.event)
  const parameters = [sessionsParameter(all), chatsParameter(all)]
  const found = await sql.unsafe<{ row: SessionRow | ChatRow }[]>(load, parameters, { prepare: true })
  const rows = found.map(({ row }) => row)
  return {
    sessions: openSessions(rows.filter((row): row is SessionRow => !('chat_id' in row))),
    chats: openChats(rows.filter((row): row is ChatRow => 'chat_id' in row)),
  }
}

// No row is touched by two of these: what a batch tells of its own messages is in their rows.
const write = `with sessions as (${writeSessions(1)}), chats as (${writeChats(2)}), messages as (${writeMessages(3)}),
  moved as (${moveMessages(4)}), usage as (${writeUsage(7)}), service as (${writeService(8)}),
  hours as (${writeHours(9)}), words as (${writeWords(11)})
  ${advanceCheckpoints(10)}`

/** Writes what the events changed. Without checkpoints none is advanced. */
export async function applyChanges(
  sql: TransactionSql,
  { sessions, chats, messages, words, usage, hours, service, timeline }: Changes,
  checkpoints: readonly Checkpoint[] = [],
): Promise<void> {
  await applyMerges(sql, chats)
  const rows = [sessions, changedChats(chats), [...messages.rows.values()]].map(jsonOf)
  const counts = [usageRows(usage), serviceRows(service), hourRows(hours)].map(jsonOf)
  const parameters = [
    ...rows,
    ...moveParameters(messages),
    ...counts,
    checkpointsParameter(checkpoints),
    jsonOf(wordRows(words)),
  ]
  const told = applyTimeline(sql, timeline)
  await Promise.all([sql.unsafe(write, parameters, { prepare: true }), applyForeignReceipts(sql, messages), told])
}
