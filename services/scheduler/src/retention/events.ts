// EVENTS holds the texts of messages too, for 30 days. A tenant that keeps messages for less has its old events removed there as well,
// but none that a consumer has yet to handle: an outage of the webhooks must not cost anybody an event.
import { shardConsumer } from '@wagate/messages/streams.ts'
import { eventsOfTenant, parseEventSubject } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'

export type EventsDeps = { broker: Pick<Broker, 'readSubject' | 'purgeSubject' | 'settledSeq'> }

/** Removes the tenant's events that were stored before then; resolves with how many. */
export async function removeEvents(
  { broker }: EventsDeps,
  tenantId: string,
  before: Date,
  signal: AbortSignal,
): Promise<number> {
  const subject = eventsOfTenant(tenantId)
  const settled = new Map<string, number>()
  let last = 0
  for await (const message of broker.readSubject('EVENTS', subject, { signal })) {
    if (message.time >= before) break
    const event = parseEventSubject(message.subject)
    if (event && message.seq > (await settledOf(event.shard))) break
    last = message.seq
  }
  signal.throwIfAborted()
  return last === 0 ? 0 : broker.purgeSubject('EVENTS', subject, { beforeSeq: last + 1 })

  async function settledOf(shard: string): Promise<number> {
    const known = settled.get(shard)
    if (known !== undefined) return known
    const consumers = (['projector', 'webhooks'] as const).map((service) => shardConsumer(service, shard))
    const seqs = await Promise.all(consumers.map((consumer) => broker.settledSeq('EVENTS', consumer)))
    settled.set(shard, Math.min(...seqs))
    return Math.min(...seqs)
  }
}
