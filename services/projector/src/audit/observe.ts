// What operators see of the audit log: how much comes, how far it lags behind AUDIT, what was set aside.
import { auditConsumer } from '@wagate/messages/streams.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { Checkpoint } from '../checkpoint.ts'
import type { Recorded } from './apply.ts'

export function createAuditObserver(deps: { metrics: Metrics; logger: Logger; broker: Pick<Broker, 'lastMessage'> }) {
  const { metrics, logger, broker } = deps
  const entries = metrics.counter('audit_entries_total', 'Entries added to the audit log')
  const repeats = metrics.counter('audit_repeats_total', 'Entries that came again and changed nothing')
  const aside = metrics.counter('audit_dead_letters_total', 'Entries of the audit log stored in DEAD_LETTERS')
  const lag = metrics.gauge(
    'audit_lag_seconds',
    'How much older the last recorded entry is than the last one published',
  )
  let until: Pick<Checkpoint, 'seq' | 'storedAt'> | undefined

  return {
    onRecorded(end: Checkpoint, recorded: Recorded): void {
      entries.inc(recorded.entries)
      if (recorded.repeats > 0) repeats.inc(recorded.repeats)
      until = end
    },
    onPutAside(seq: number, reason: string): void {
      aside.inc()
      logger.error({ event: 'audit.put_aside', seq, reason })
    },
    /** Meant to run every some seconds. */
    async measureLag(): Promise<void> {
      if (!until) return
      const last = await broker.lastMessage(auditConsumer.stream, auditConsumer.filter)
      lag.set(last && last.seq > until.seq ? (last.time.getTime() - until.storedAt.getTime()) / 1_000 : 0)
    },
    /** Where this copy begins. */
    begin(from: Checkpoint | undefined): void {
      until = from
    },
    /** Another copy records now. */
    forget(): void {
      until = undefined
      lag.set(0)
    },
  }
}
