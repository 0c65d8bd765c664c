// A bucket held in memory through a watch: lookups without I/O. Not for buckets with a TTL: expiry is silent.
import { parseJson } from '@wagate/messages/parse.ts'
import type { z } from 'zod'
import type { KvBucket, KvEntry } from './broker.ts'
import type { Logger } from './logger.ts'

export type MirrorChange<Value> = {
  key: string
  value: Value | undefined
  previous: Value | undefined
  revision: number
}

export type Mirror<Value> = {
  get(key: string): Value | undefined
  /** The revision that `get` returns the value of. */
  revisionOf(key: string): number | undefined
  /** The value as the bucket's leader has it now, for a key that the watch may not have told of yet. @throws BrokerUnavailable */
  refresh(key: string): Promise<Value | undefined>
  entries(): MapIterator<[string, Value]>
  size(): number
  /** Resolves once everything that was there at the start is in memory. */
  ready: Promise<void>
  /** Calls the listener after each change that comes from now on; returns the function that ends it. */
  onChange(listener: (change: MirrorChange<Value>) => void): () => void
  stop(): Promise<void>
}

/** Values that do not parse are left out and logged by key; `key` limits the mirror with NATS wildcards. */
export async function mirror<Value>(
  kv: KvBucket,
  schema: z.ZodType<Value>,
  options: { logger: Logger; key?: string; onChange?: (change: MirrorChange<Value>) => void },
): Promise<Mirror<Value>> {
  const values = new Map<string, Value>()
  const revisions = new Map<string, number>()
  /** Revisions that were refreshed and that the watch has not come to yet. */
  const ahead = new Map<string, number>()
  const listeners = new Set<(change: MirrorChange<Value>) => void>()
  if (options.onChange) listeners.add(options.onChange)

  const parse = (key: string, bytes: Uint8Array): Value | undefined => {
    const parsed = parseJson(bytes, schema, (value) => ({ ok: true as const, value }))
    if (parsed.ok) return parsed.value
    options.logger.error({ event: 'mirror.unreadable', bucket: kv.name, key, reason: parsed.reason })
  }

  const take = ({ key, value: bytes, revision }: KvEntry): void => {
    const previous = values.get(key)
    const value = bytes && parse(key, bytes)
    if (value === undefined) {
      values.delete(key)
      revisions.delete(key)
    } else {
      values.set(key, value)
      revisions.set(key, revision)
    }
    for (const listener of listeners) listener({ key, value, previous, revision })
  }
  const watch = await kv.watch({
    ...(options.key === undefined ? {} : { key: options.key }),
    onEntry(entry) {
      if (entry.revision < (ahead.get(entry.key) ?? 0)) return
      ahead.delete(entry.key)
      take(entry)
    },
  })
  return {
    get: (key) => values.get(key),
    revisionOf: (key) => revisions.get(key),
    async refresh(key) {
      const found = await kv.get(key)
      if (found && found.revision > (revisions.get(key) ?? 0)) {
        ahead.set(key, found.revision)
        take({ key, ...found })
      }
      return values.get(key)
    },
    entries: () => values.entries(),
    size: () => values.size,
    ready: watch.ready,
    onChange(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    stop: watch.stop,
  }
}
