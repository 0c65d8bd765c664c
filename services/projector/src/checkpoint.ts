import type { Sql, TransactionSql } from 'postgres'
import { recordset } from './recordset.ts'

export type Checkpoint = { consumer: string; seq: number; storedAt: Date }

/** Makes the rows of consumers that never ran, so that there is something to lock. */
export async function ensureCheckpoints(sql: Sql, consumers: string[]): Promise<void> {
  await sql`insert into projector_checkpoint (consumer, stream_seq) select name, 0 from unnest(${consumers}::text[]) name
    order by name on conflict do nothing`
}

/**
 * How far each of the consumers is projected. Locks them until the end of the transaction, so that two copies of the
 * service that pull the same shard for a moment take turns, and the second one sees what the first has done.
 */
export async function lockCheckpoints(sql: TransactionSql, consumers: string[]): Promise<Map<string, number>> {
  const rows = await sql<{ consumer: string; seq: number }[]>`
    select consumer, stream_seq::float8 as seq from projector_checkpoint where consumer = any (${consumers}::text[])
    order by consumer for update`
  return new Map(rows.map(({ consumer, seq }) => [consumer, seq]))
}

/** Moves the checkpoints of a parameter forward: `checkpointsParameter`. */
export const advanceCheckpoints = (parameter: number): string =>
  `update projector_checkpoint v set stream_seq = r.stream_seq, event_stored_at = r.event_stored_at
   from ${recordset('(consumer text, stream_seq bigint, event_stored_at timestamptz)', parameter)}
   where v.consumer = r.consumer and v.stream_seq < r.stream_seq`

export const checkpointsParameter = (checkpoints: readonly Checkpoint[]): string =>
  JSON.stringify(
    checkpoints.map(({ consumer, seq, storedAt }) => ({ consumer, stream_seq: seq, event_stored_at: storedAt })),
  )

/** How far each of the consumers is projected at this moment. */
export async function readCheckpoints(sql: TransactionSql, consumers: string[]): Promise<Map<string, number>> {
  const rows = await sql<{ consumer: string; seq: number }[]>`
    select consumer, stream_seq::float8 as seq from projector_checkpoint where consumer = any (${consumers}::text[])`
  return new Map(rows.map(({ consumer, seq }) => [consumer, seq]))
}

/** The last event of the consumer that is in the views; undefined when there is none. */
export async function readCheckpoint(sql: Sql, consumer: string): Promise<Checkpoint | undefined> {
  const [row] = await sql<Checkpoint[]>`
    select consumer, stream_seq::float8 as seq, event_stored_at as "storedAt" from projector_checkpoint
    where consumer = ${consumer} and event_stored_at is not null`
  return row
}
