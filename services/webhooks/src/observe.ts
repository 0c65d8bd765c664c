// What operators see of the deliveries: one log line per attempt, and numbers.
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import type { Delivery } from './delivery/delivery.ts'
import type { Settled } from './delivery/queries.ts'

export function createObserver(deps: {
  metrics: Metrics
  logger: Logger
  queued: () => number
  running: () => number
}) {
  const { metrics, logger } = deps
  const attempts = metrics.counter('webhook_attempts_total', 'Attempts that ended, by what followed', ['outcome'])
  const duration = metrics.histogram('webhook_attempt_seconds', 'From the request to the end of the response')
  const aside = metrics.counter('webhook_dead_letters_total', 'Events stored in DEAD_LETTERS')
  const queued = metrics.gauge('webhook_queued', 'Deliveries in memory whose attempt has not begun')
  const running = metrics.gauge('webhook_attempts_running', 'Attempts in flight')

  return {
    onAttempted(delivery: Delivery, settled: Settled): void {
      const outcome = settled.status === 'pending' ? 'retry' : settled.status
      attempts.inc({ outcome })
      duration.observe(settled.durationMs / 1_000)
      logger.info({
        event: 'delivery.attempted',
        outcome,
        tenantId: delivery.tenantId,
        sessionId: delivery.sessionId,
        endpointId: delivery.endpointId,
        deliveryId: delivery.deliveryId,
        eventId: delivery.eventId,
        type: delivery.eventType,
        attempt: settled.attempt,
        durationMs: settled.durationMs,
        statusCode: settled.statusCode,
        error: settled.error,
        nextAttemptAt: settled.nextAttemptAt,
      })
    },
    onPutAside(consumer: string, seq: number, reason: string): void {
      aside.inc()
      logger.error({ event: 'event.put_aside', consumer, seq, reason })
    },
    sample(): void {
      queued.set(deps.queued())
      running.set(deps.running())
    },
  }
}
