// The projector as the service runs it, in the test's own process.
import type { Event } from '@wagate/messages/events.ts'
import { eventSubject } from '@wagate/messages/subjects.ts'
import type { Broker } from '@wagate/runtime/broker.ts'
import { silentLogger } from '@wagate/runtime/logger.ts'
import type { Sql } from 'postgres'
import { applyBatches } from '../apply.ts'
import { ensureCheckpoints } from '../checkpoint.ts'
import { createHandler } from '../consume.ts'
import { shards } from '../observe.ts'
import { createPartitions } from '../partitions.ts'
import { createProjector } from '../projector.ts'
import { isRefusal } from '../refusal.ts'
import { consumeShards } from '../shards.ts'

/** `events` and `repeats`: how many it has projected, and how many it had projected before. */
export async function startLive(broker: Broker, sql: Sql) {
  await ensureCheckpoints(
    sql,
    shards.map((shard) => `projector-${shard}`),
  )
  const partitions = createPartitions()
  let [events, repeats] = [0, 0]
  const projector = createProjector({
    applyBatches: (batches) => applyBatches(sql, partitions, batches),
    isRefusal,
    onApplied: (_batches, applied) => {
      events += applied.events
      repeats += applied.repeats
    },
    gatherMs: 1,
  })
  const deps = { project: projector.project, onPutAside: () => {}, onUnknownType: () => {} }
  const consuming = await consumeShards({
    leaseTtlMs: 20_000,
    broker,
    logger: silentLogger(),
    owner: `projector_${Math.random()}`.replace('.', ''),
    maxMessages: 20,
    handlerOf: (consumer) => createHandler(deps, consumer),
    onHeld: async () => {},
    onLost: () => {},
  })
  return { ...consuming, events: () => events, repeats: () => repeats }
}

/** In their order, without ids: the broker stores what comes again once more. */
export async function publish(broker: Broker, events: readonly Event[]): Promise<void> {
  for (let at = 0; at < events.length; at += 100)
    await Promise.all(
      events
        .slice(at, at + 100)
        .map((event) => broker.publish(eventSubject(event, event.type), Buffer.from(JSON.stringify(event)))),
    )
}
