// What operators see of the projector: how far the views lag behind EVENTS, how much it does, what it put aside.
import { shardConsumer } from '@wagate/messages/streams.ts'
import { eventsOfShard, shardCount } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { Applied, Batch } from './apply.ts'
import type { Checkpoint } from './checkpoint.ts'

export const shards = Array.from({ length: shardCount }, (_, shard) => String(shard))

export type ObserveDeps = {
  metrics: Metrics
  logger: Logger
  broker: Pick<Broker, 'lastMessage'>
  now: () => Date
}

export function createObserver({ metrics, logger, broker, now }: ObserveDeps) {
  const events = metrics.counter('projector_events_total', 'Events projected')
  const repeats = metrics.counter('projector_repeats_total', 'Events that came again and changed nothing')
  const transactions = metrics.counter('projector_transactions_total', 'Committed transactions')
  const aside = metrics.counter('projector_dead_letters_total', 'Events stored in DEAD_LETTERS')
  const unknown = metrics.counter('projector_unknown_events_total', 'Events of a type that this version does not know')
  const age = metrics.histogram(
    'projector_event_age_seconds',
    'From the broker storing an event to its row being there',
  )
  const lag = metrics.gauge(
    'projector_lag_seconds',
    'How much older the last projected event is than the last one stored',
    ['shard'],
  )
  /** By shard, the time at which the broker stored the last event that was projected. */
  const projectedUntil = new Map<string, { seq: number; storedAt: Date }>()

  return {
    onApplied(batches: readonly Batch[], applied: Applied): void {
      transactions.inc()
      events.inc(applied.events)
      if (applied.repeats > 0) repeats.inc(applied.repeats)
      for (const { end } of batches) {
        projectedUntil.set(end.consumer, end)
        age.observe(Math.max(0, now().getTime() - end.storedAt.getTime()) / 1_000)
      }
    },
    onPutAside(consumer: string, seq: number, reason: string): void {
      aside.inc()
      logger.error({ event: 'event.put_aside', consumer, seq, reason })
    },
    onUnknownType(subject: string): void {
      unknown.inc()
      logger.warn({ event: 'event.unknown_type', subject })
    },
    /** Asks the broker for the last event of each shard that this copy projects; meant to run every some seconds. */
    async measureLag(): Promise<void> {
      for (const shard of shards) {
        const until = projectedUntil.get(shardConsumer('projector', shard))
        if (!until) continue
        const last = await broker.lastMessage('EVENTS', eventsOfShard(shard))
        const behindMs = last && last.seq > until.seq ? last.time.getTime() - until.storedAt.getTime() : 0
        lag.set({ shard }, behindMs / 1_000)
      }
    },
    /** A shard that this copy projects from now on, and how far another one, or an earlier run, came. */
    begin(until: Checkpoint): void {
      projectedUntil.set(until.consumer, until)
    },
    /** A shard that another copy projects now. */
    forget(consumer: string): void {
      projectedUntil.delete(consumer)
      lag.remove({ shard: consumer.slice(consumer.lastIndexOf('-') + 1) })
    },
  }
}
