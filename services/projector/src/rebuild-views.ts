// Views made again from what EVENTS still holds, while the live projector goes on. The replay writes into temporary tables
// that bear the views' names, so it runs the same statements; the real tables change in one step at the end, at a moment when
// the replay has seen exactly what the live projector has. Everything is one transaction: if it breaks off, nothing happened.
import { rebuildLock } from '@wagate/db/locks.ts'
import { parseStoredEvent } from '@wagate/messages/stored-event.ts'
import { shardConsumer } from '@wagate/messages/streams.ts'
import { parseEventSubject } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Sql, TransactionSql } from 'postgres'
import { applyChanges, loadViews } from './apply.ts'
import { ensureCheckpoints, lockCheckpoints, readCheckpoints } from './checkpoint.ts'
import { type Coverage, cover, swapCounted } from './coverage.ts'
import { fold } from './fold.ts'
import { shards } from './observe.ts'
import { type Beginnings, readBeginnings } from './oldest-events.ts'
import { isRefusal } from './refusal.ts'
import { PoisonEvent, type StoredEvent } from './stored-event.ts'

export const views = [
  'session_view',
  'chat_view',
  'message_view',
  'message_words',
  'usage_day',
  'service_day',
  'message_hour',
  'session_timeline',
] as const
export type View = (typeof views)[number]

export type RebuildDeps = {
  /** As `wagate_projector`, without time limits on statements or idle transactions. */
  sql: Sql
  broker: Pick<Broker, 'readSubject'>
  logger: Logger
}

const consumers = shards.map((shard) => shardConsumer('projector', shard))
const batchSize = 1_000

/** Rebuilds the views and resolves with how many events were replayed. Rows older than the oldest stored event are kept. */
export async function rebuildViews({ sql, broker, logger }: RebuildDeps, wanted: readonly View[]): Promise<number> {
  await ensureCheckpoints(sql, consumers)
  return sql.begin(async (tx) => {
    await tx`select pg_advisory_xact_lock(${rebuildLock})` // erasures wait with their last look
    const beginnings = await readBeginnings(broker, tx)
    if (!beginnings) return 0
    await openShadows(tx, beginnings)
    const none = new Map<string, number>()
    const coverage: Coverage = new Map()
    const before = await readCheckpoints(tx, consumers)
    const first = await replay({ tx, broker, logger, coverage }, none, before)
    logger.info({ event: 'rebuild.replayed', events: first })
    const now = await lockCheckpoints(tx, consumers) // from here on the live projector waits
    const rest = await replay({ tx, broker, logger, coverage }, before, now)
    for (const view of wanted) await swap[view](tx, coverage)
    await removeWhatRetentionRemoved(tx)
    return first + rest
  })
}

/**
 * Temporary tables hide the real ones from unqualified names. Sessions and chats whose first event is gone start as they
 * are, folded from the oldest event that is left; all others start from nothing.
 */
async function openShadows(tx: TransactionSql, { all, byTenant }: Beginnings): Promise<void> {
  for (const view of views)
    await tx`create temporary table ${tx(view)} (like public.${tx(view)} including all) on commit drop`
  await tx`create temporary table beginning (tenant_id text primary key, seq bigint not null) on commit drop`
  const rows = [...byTenant].map(([tenant_id, seq]) => ({ tenant_id, seq }))
  await tx`insert into beginning select * from jsonb_to_recordset(${tx.json(rows)}) as r(tenant_id text, seq bigint)`
  for (const view of ['session_view', 'chat_view'])
    await tx`insert into pg_temp.${tx(view)} select v.* from public.${tx(view)} v left join beginning b using (tenant_id)
      where v.first_stream_seq < coalesce(b.seq, ${all})`
  await tx`update pg_temp.session_view set sequence = 0, stream_seq = 0`
  await tx`update pg_temp.chat_view set unread_count = 0, stream_seq = 0`
}

type ReplayDeps = Pick<RebuildDeps, 'broker' | 'logger'> & { tx: TransactionSql; coverage: Coverage }

/** Folds the events of each consumer that lie behind `from` and not behind `to`. */
async function replay(deps: ReplayDeps, from: Map<string, number>, to: Map<string, number>): Promise<number> {
  const start = Math.min(...consumers.map((consumer) => from.get(consumer) ?? 0)) + 1
  const end = Math.max(...to.values())
  if (end < start) return 0
  let batch: StoredEvent[] = []
  let count = 0
  for await (const message of deps.broker.readSubject('EVENTS', 'evt.>', { fromSeq: start })) {
    if (message.seq > end) break
    const consumer = shardConsumer('projector', parseEventSubject(message.subject)?.shard ?? '')
    if (message.seq <= (from.get(consumer) ?? 0) || message.seq > (to.get(consumer) ?? 0)) continue
    const parsed = parseStoredEvent(message)
    if (!parsed.ok) continue // it is in DEAD_LETTERS
    cover(deps.coverage, parsed.event)
    count++
    if (batch.push({ seq: message.seq, event: parsed.event }) < batchSize) continue
    await foldBatch(deps, batch)
    batch = []
  }
  await foldBatch(deps, batch)
  return count
}

/** What cannot be folded is left out, as the live projector did. */
async function foldBatch(deps: ReplayDeps, batch: StoredEvent[]): Promise<void> {
  let events = batch
  while (events.length > 0) {
    try {
      return await deps.tx.savepoint(async (tx) => {
        const { sessions, chats } = await loadViews(tx, events)
        await applyChanges(tx, fold(events, sessions, chats))
      })
    } catch (error) {
      if (error instanceof PoisonEvent) events = events.filter((stored) => stored.seq !== error.seq)
      else if (!isRefusal(error)) throw error
      else if (events.length === 1) return deps.logger.warn({ event: 'rebuild.left_out', seq: events[0]?.seq })
      else {
        for (const stored of events) await foldBatch(deps, [stored])
        return
      }
    }
  }
}

/** EVENTS may hold for longer than a tenant keeps: what was removed before does not come back. */
async function removeWhatRetentionRemoved(tx: TransactionSql): Promise<void> {
  await tx`delete from public.message_view v using public.retention r
    where r.tenant_id = v.tenant_id and v.created_at < r.messages_before`
  await tx`delete from public.message_words v using public.retention r
    where r.tenant_id = v.tenant_id and v.created_at < r.messages_before`
  await tx`delete from public.chat_view v using public.retention r
    where r.tenant_id = v.tenant_id and v.last_message_at < r.chats_before`
}

async function ensurePartitions(tx: TransactionSql): Promise<void> {
  const months = await tx<{ month: Date }[]>`
    select distinct date_trunc('month', created_at, 'UTC') as month from pg_temp.message_view`
  for (const { month } of months) await tx`select ensure_message_partition(${month})`
}

/** Real rows are replaced, but for those that no stored event concerns. */
const swap: Record<View, (tx: TransactionSql, coverage: Coverage) => Promise<unknown>> = {
  async session_view(tx) {
    await tx`delete from public.session_view v where not exists (select from pg_temp.session_view t
      where t.tenant_id = v.tenant_id and t.session_id = v.session_id and t.stream_seq = 0)`
    await tx`insert into public.session_view select * from pg_temp.session_view where stream_seq > 0`
  },
  async chat_view(tx) {
    await tx`delete from public.chat_view v where not exists (select from pg_temp.chat_view t
      where t.tenant_id = v.tenant_id and t.chat_id = v.chat_id and t.stream_seq = 0)`
    await tx`insert into public.chat_view select * from pg_temp.chat_view where stream_seq > 0`
  },
  async message_view(tx) {
    await ensurePartitions(tx)
    await tx`delete from public.message_view v using pg_temp.message_view t
      where t.tenant_id = v.tenant_id and t.message_id = v.message_id and t.created_at = v.created_at`
    await tx`insert into public.message_view select * from pg_temp.message_view`
  },
  /** Of messages that are there: nothing is left of one that was erased meanwhile. */
  async message_words(tx) {
    await ensurePartitions(tx)
    await tx`delete from public.message_words v using pg_temp.message_words t
      where t.tenant_id = v.tenant_id and t.message_id = v.message_id and t.created_at = v.created_at`
    await tx`insert into public.message_words select t.* from pg_temp.message_words t where exists (
      select from public.message_view m
      where m.tenant_id = t.tenant_id and m.message_id = t.message_id and m.created_at = t.created_at)`
  },
  usage_day: swapCounted('usage_day'),
  service_day: swapCounted('service_day'),
  message_hour: swapCounted('message_hour'),
  session_timeline: swapCounted('session_timeline', 'sequence'),
}
