// A KV bucket in memory, with revisions and compare-and-set like the real one.
import type { KvBucket, KvEntry } from '@wagate/runtime/broker.ts'
import { KeyExists, WrongLastSequence } from '@wagate/runtime/errors.ts'

export function fakeBucket(name: string): KvBucket & { size(): number } {
  const values = new Map<string, { value: Uint8Array; revision: number }>()
  const watchers = new Set<(entry: KvEntry) => void>()
  let revision = 0

  const store = (key: string, value: Uint8Array) => {
    revision += 1
    values.set(key, { value, revision })
    for (const tell of watchers) tell({ key, value, revision })
    return revision
  }
  const expect = (key: string, expected: number) => {
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
      expect(key, at)
      return store(key, value)
    },
    put: async (key, value) => store(key, value),
    delete: async (key, at) => {
      if (at !== undefined) expect(key, at)
      values.delete(key)
      revision += 1
      for (const tell of watchers) tell({ key, revision })
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
