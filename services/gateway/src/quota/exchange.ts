// The quotas of this gateway, joined to the others by the broker: their news, the bucket of the months, and the clock.
import { randomBytes } from 'node:crypto'
import { parseJson } from '@wagate/messages/parse.ts'
import { quotaNews } from '@wagate/messages/quota.ts'
import { quotaSubject } from '@wagate/messages/subjects.ts'
import type { Broker, KvBucket } from '@wagate/runtime/broker.ts'
import { BrokerUnavailable } from '@wagate/runtime/errors.ts'
import type { Logger } from '@wagate/runtime/logger.ts'
import type { Metrics } from '@wagate/runtime/metrics.ts'
import { pause } from '@wagate/runtime/pause.ts'
import { createMeter } from './meter.ts'
import { createMonthCounts } from './month.ts'
import { createMessageQuota } from './quota.ts'

export type ExchangeDeps = {
  broker: Pick<Broker, 'tell' | 'listen'>
  bucket: KvBucket
  now: () => Date
  logger: Logger
  metrics: Metrics
}

const tellEveryMs = 1_000
const flushEveryMs = 10_000
/** How long the others have to tell what they have, before this gateway takes its first message. */
const greetingMs = 200

export async function openQuota({ broker, bucket, now, logger, metrics }: ExchangeDeps) {
  const members = metrics.gauge(
    'quota_gateways',
    'Gateways that count messages per minute together, as this one sees it',
  )
  const silences = metrics.counter('quota_silences_total', 'Answers of other gateways that did not come in time')
  const failures = metrics.counter(
    'quota_flush_failures_total',
    'Times when the messages of the month were not written',
  )
  const month = createMonthCounts({
    bucket,
    now,
    onUnreadable: (key) => logger.error({ event: 'quota.unreadable', key }),
  })
  const watch = await bucket.watch({ onEntry: month.apply })
  await watch.ready

  const meter = createMeter({
    me: `gw_${randomBytes(8).toString('hex')}`,
    tell: (news) => broker.tell(quotaSubject, Buffer.from(JSON.stringify(news))),
    nowMs: () => now().getTime(),
    after(ms, run) {
      const timer = setTimeout(run, ms)
      return { cancel: () => clearTimeout(timer) }
    },
    onSilence: (missing) => silences.inc(missing),
  })
  const listening = broker.listen(quotaSubject, (data) => {
    const parsed = parseJson(data, quotaNews, (news) => ({ ok: true as const, news }))
    if (parsed.ok) meter.hear(parsed.news)
    else logger.error({ event: 'quota.unreadable', reason: parsed.reason })
  })
  meter.greet()
  await pause(greetingMs)

  const flush = async (): Promise<void> => {
    try {
      await month.flush()
    } catch (error) {
      failures.inc()
      if (error instanceof BrokerUnavailable) logger.warn({ event: 'quota.flush_failed', reason: error.message })
      else logger.error({ event: 'quota.flush_failed', err: error })
    }
  }
  const telling = setInterval(() => {
    meter.tick()
    members.set(meter.members())
  }, tellEveryMs)
  const flushing = setInterval(() => void flush(), flushEveryMs)

  return {
    quota: createMessageQuota({ meter, month, onDue: () => void flush(), now }),
    async stop(): Promise<void> {
      clearInterval(telling)
      clearInterval(flushing)
      await flush()
      meter.leave()
      listening.close()
      await watch.stop()
    },
  }
}
