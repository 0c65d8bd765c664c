// A KV bucket in memory, with revisions, compare-and-set and watchers like the real one.
import type { KvBucket, KvEntry } from '../broker.ts'
import { KeyExists, WrongLastSequence } from '../errors.ts'

export function fakeBucket(name: string): KvBucket & { size: () => number } {
  const values = new Map<string, { value: Uint8Array; revision: number }>()
  const watchers = new Set<(entry: KvEntry) => void>()
  let revision = 0

  /** Later, and in the order of the revisions, as over a connection. */
  const tellAll = (entry: KvEntry): void => {
    for (const tell of watchers) queueMicrotask(() => tell(entry))
  }
  const store = (key: string, value: Uint8Array): number => {
    revision += 1
    values.set(key, { value, revision })
    tellAll({ key, value, revision })
    return revision
  }
  const check = (key: string, expected: number): void => {
    if (values.get(key)?.revision !== expected) throw new WrongLastSequence('not at that revision')
  }
  return {
    name,
    size: () => values.size,
    get: async (key) => values.get(key),
    create: async (key, value) => {
      if (values.has(key)) throw new KeyExists('there is a value')
      return store(key, value)
    },
    update: async (key, value, at) => {
      check(key, at)
      return store(key, value)
    },
    put: async (key, value) => store(key, value),
    delete: async (key, at) => {
      if (at !== undefined) check(key, at)
      values.delete(key)
      revision += 1
      tellAll({ key, revision })
    },
    async *keys() {
      yield* values.keys()
    },
    watch: async ({ onEntry }) => {
      for (const [key, entry] of values) onEntry({ key, ...entry })
      watchers.add(onEntry)
      return { ready: Promise.resolve(), stop: async () => void watchers.delete(onEntry) }
    },
  }
}
