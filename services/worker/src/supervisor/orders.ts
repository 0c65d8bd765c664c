// What the operator wants of this worker, and which dedicated pools exist: two buckets that it follows.
import { poolRecord, workerOrder } from '@wagate/messages/fleet.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import { sharedPool } from '@wagate/messages/pools.ts'
import type { KvBucket, KvWatch } from '@wagate/runtime/broker.ts'

export async function followOrders(
  bucket: KvBucket,
  workerId: string,
  onOrder: (desired: 'active' | 'drained') => void,
): Promise<KvWatch> {
  const watch = await bucket.watch({
    key: workerId,
    onEntry: ({ value }) => {
      const parsed = value && parseJson(value, workerOrder, (order) => ({ ok: true as const, order }))
      onOrder(parsed?.ok ? parsed.order.desired : 'active')
    },
  })
  await watch.ready
  return watch
}

/** Those of the configured pools whose consumers exist: without them there is nothing to consume. */
export async function followPools(bucket: KvBucket, configured: readonly string[]) {
  const provisioned = new Set<string>([sharedPool])
  const watch = await bucket.watch({
    onEntry: ({ key, value }) => {
      const parsed = value && parseJson(value, poolRecord, () => ({ ok: true as const }))
      if (parsed?.ok) provisioned.add(key)
      else if (key !== sharedPool) provisioned.delete(key)
    },
  })
  await watch.ready
  return { pools: (): string[] => configured.filter((pool) => provisioned.has(pool)), stop: () => watch.stop() }
}
