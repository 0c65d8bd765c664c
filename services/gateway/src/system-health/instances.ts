// The processes that run, in memory, by what they say of themselves.
import { type InstanceRecord, instanceRecord, instanceTtlMs } from '@wagate/messages/instance.ts'
import { parseJson } from '@wagate/messages/parse.ts'
import type { KvBucket } from '@wagate/runtime/broker.ts'

export type Instances = {
  /** Those who were heard of lately. */
  list(): InstanceRecord[]
  /** Told when one appears, goes, or changes its state: not of every report. Returns what ends it. */
  onChange(listener: (instanceId: string) => void): () => void
  stop(): Promise<void>
}

export async function watchInstances(bucket: KvBucket, monotonicMs: () => number): Promise<Instances> {
  const known = new Map<string, { record: InstanceRecord; seenAtMs: number }>()
  const listeners = new Set<(instanceId: string) => void>()
  const tell = (instanceId: string) => {
    for (const listener of listeners) listener(instanceId)
  }
  const isHere = ({ seenAtMs }: { seenAtMs: number }) => monotonicMs() - seenAtMs < instanceTtlMs

  const watch = await bucket.watch({
    onEntry({ key, value }) {
      const parsed = value && parseJson(value, instanceRecord, (record) => ({ ok: true as const, record }))
      const before = known.get(key)
      if (parsed?.ok) known.set(key, { record: parsed.record, seenAtMs: monotonicMs() })
      else known.delete(key)
      if (before?.record.state !== (parsed?.ok ? parsed.record.state : undefined)) tell(key)
    },
  })
  await watch.ready
  // Whoever dies says nothing, and neither does the bucket when its report expires.
  const sweep = setInterval(() => {
    for (const [key, one] of known)
      if (!isHere(one)) {
        known.delete(key)
        tell(key)
      }
  }, 1_000)

  return {
    list: () => [...known.values()].filter(isHere).map(({ record }) => record),
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    async stop() {
      clearInterval(sweep)
      await watch.stop()
    },
  }
}
