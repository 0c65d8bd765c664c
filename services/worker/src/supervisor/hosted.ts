// Until when partitions were hosted: so that the time in which nobody hosted a session is known to whoever hosts it next. Leases
// forget after 20 s, and the workers that watched them may all be gone; so each worker also writes down what it hosts.
import { type HostedRecord, hostedRecord } from '@wagate/messages/fleet.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'

/** What a partition that lost its engine is remembered for until all its sessions are back: some may never come. */
const patienceMs = 120_000

export type Hosting = ReturnType<typeof createHosting>

export function createHosting({ monotonicMs }: { monotonicMs: () => number }) {
  const lost = new Map<string, { untilMs: number; notedAtMs: number }>()
  return {
    /** The partition lost its engine. Lost once more before its sessions were back, it counts from the first time. */
    lost(partition: string, untilMs: number): void {
      const known = lost.get(partition)
      if (known && monotonicMs() - known.notedAtMs < patienceMs) return
      lost.set(partition, { untilMs, notedAtMs: monotonicMs() })
    },
    /** In ms since 1970; undefined when nobody knows, or when it has an engine. */
    untilMs: (partition: string): number | undefined => lost.get(partition)?.untilMs,
    arrived: (partition: string): void => void lost.delete(partition),
  }
}

export type HostedDeps = {
  bucket: Pick<KvBucket, 'watch' | 'put'>
  workerId: string
  held: () => readonly string[]
  now: () => Date
}

/** Reads what earlier workers wrote, once, and writes with each heartbeat what this one holds. */
export async function openHosted({ bucket, workerId, held, now }: HostedDeps) {
  const before = new Map<string, number>()
  const watch = await bucket.watch({
    onEntry: ({ value }) => {
      const parsed = value && parseJson(value, hostedRecord, (record) => ({ ok: true as const, record }))
      if (!parsed?.ok) return
      const atMs = Date.parse(parsed.record.at)
      for (const partition of parsed.record.partitions)
        before.set(partition, Math.max(atMs, before.get(partition) ?? atMs))
    },
  })
  await watch.ready
  await watch.stop()
  return {
    /** When the partition was last said to be hosted, before this worker came; in ms since 1970. */
    untilMs: (partition: string): number | undefined => before.get(partition),
    async write(): Promise<void> {
      const partitions = [...held()]
      if (partitions.length === 0) return
      const record: HostedRecord = { v: 1, at: now().toISOString(), partitions }
      await bucket.put(workerId, Buffer.from(JSON.stringify(record))).catch(() => {})
    },
  }
}
export type Hosted = Awaited<ReturnType<typeof openHosted>>
