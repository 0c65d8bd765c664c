import type { MessageAnalytics, MessageCounts } from '@wagate/api/analytics.ts'
import type { Mode } from '@wagate/messages/envelope.ts'
import { type Range, startsOf } from './range.ts'
import type { StoredBucket } from './store.ts'

const none: MessageCounts = {
  ...{ received: 0, sent: 0, delivered: 0, read: 0, played: 0, failed: 0 },
  ...{ unconfirmed: 0, cancelled: 0, expired: 0, sent_by_phone: 0 },
}
const figures = Object.keys(none) as (keyof MessageCounts)[]

/** Every interval of the range, also those in which nothing happened. */
export function presentAnalytics(range: Range, mode: Mode, stored: readonly StoredBucket[]): MessageAnalytics {
  const known = new Map(stored.map(({ atMs, ...counts }) => [atMs, counts]))
  const total = { ...none }
  for (const counts of known.values()) for (const figure of figures) total[figure] += counts[figure]
  return {
    ...{ mode, interval: range.interval, total },
    from: new Date(range.fromMs).toISOString(),
    to: new Date(range.untilMs).toISOString(),
    rates: {
      delivered: share(total.delivered, total.sent),
      read: share(total.read, total.sent),
      failed: share(total.failed, total.sent + total.failed),
    },
    buckets: startsOf(range).map((atMs) => ({ at: new Date(atMs).toISOString(), ...(known.get(atMs) ?? none) })),
  }
}

/** A receipt may come for a message whose sending this installation never learnt of: no more than all. */
const share = (part: number, whole: number): number | null => (whole === 0 ? null : Math.min(1, part / whole))
