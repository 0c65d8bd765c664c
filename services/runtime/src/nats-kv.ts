// Key-value buckets (ADR-8) on plain requests: every write is a compare-and-set that the stream's leader decides.
import type { KvBucket, KvEntry, KvWatch } from './broker.ts'
import { KeyExists, WrongLastSequence } from './errors.ts'
import type { NatsLink } from './nats-link.ts'
import { openOrdered } from './nats-ordered.ts'
import { publish } from './nats-publish.ts'
import { lastMessage } from './nats-read.ts'

const nothing = new Uint8Array()
const keyPattern = /^[A-Za-z0-9_=/-]+(\.[A-Za-z0-9_=/-]+)*$/

const isRemoval = (headers: Record<string, string>): boolean =>
  headers['KV-Operation'] === 'DEL' || headers['KV-Operation'] === 'PURGE'

/** The bucket is not looked for here: `check` has done that when the service started. */
export function openBucket(link: NatsLink, name: string): KvBucket {
  const stream = `KV_${name}`
  const prefix = `$KV.${name}.`
  const subjectOf = (key: string) => {
    if (!keyPattern.test(key)) throw new RangeError(`not a key of bucket ${name}`)
    return prefix + key
  }
  const write = async (key: string, value: Uint8Array, expected: number | undefined, timeoutMs: number | undefined) => {
    const { seq } = await publish(link, subjectOf(key), value, {
      ...(expected === undefined ? {} : { expectedLastSubjectSequence: expected }),
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    })
    return seq
  }

  return {
    name,
    async get(key) {
      const last = await lastMessage(link, stream, subjectOf(key))
      return last && !isRemoval(last.headers) ? { value: last.data, revision: last.seq } : undefined
    },
    async create(key, value, options = {}) {
      try {
        return await write(key, value, 0, options.timeoutMs)
      } catch (error) {
        if (!(error instanceof WrongLastSequence)) throw error
        // What is there may be the mark of a deletion: write over exactly that one.
        const last = await lastMessage(link, stream, subjectOf(key))
        if (last && !isRemoval(last.headers)) throw new KeyExists(`bucket ${name}: the key exists`)
        return await write(key, value, last?.seq ?? 0, options.timeoutMs).catch((second: unknown) => {
          throw second instanceof WrongLastSequence ? new KeyExists(`bucket ${name}: the key exists`) : second
        })
      }
    },
    async update(key, value, revision, options = {}) {
      return write(key, value, revision, options.timeoutMs)
    },
    put: (key, value) => write(key, value, undefined, undefined),
    async delete(key, revision) {
      await publish(link, subjectOf(key), nothing, {
        headers: { 'KV-Operation': 'DEL' },
        ...(revision === undefined ? {} : { expectedLastSubjectSequence: revision }),
      })
    },
    keys: (filter = '>') => listKeys(link, stream, prefix, filter),
    watch: ({ key = '>', onEntry }) => watchKeys(link, stream, prefix, key, onEntry),
  }
}

async function* listKeys(link: NatsLink, stream: string, prefix: string, filter: string): AsyncGenerator<string> {
  const keys = new Set<string>()
  const caughtUp = Promise.withResolvers<void>()
  const reader = await openOrdered(link, {
    stream,
    filter: prefix + filter,
    start: { from: 'last-per-subject' },
    headersOnly: true,
    capacity: 1_000,
    room: () => 1_000,
    onMessage({ msg }) {
      const key = msg.subject.slice(prefix.length)
      if (isRemovalOf(msg.headers?.get('KV-Operation'))) keys.delete(key)
      else keys.add(key)
    },
    onCaughtUp: () => caughtUp.resolve(),
  })
  try {
    await caughtUp.promise
    yield* keys
  } finally {
    await reader.stop()
  }
}

const isRemovalOf = (operation: string | undefined): boolean => operation === 'DEL' || operation === 'PURGE'

async function watchKeys(
  link: NatsLink,
  stream: string,
  prefix: string,
  key: string,
  onEntry: (entry: KvEntry) => void,
): Promise<KvWatch> {
  const ready = Promise.withResolvers<void>()
  const reader = await openOrdered(link, {
    stream,
    filter: prefix + key,
    start: { from: 'last-per-subject' },
    capacity: 1_000,
    room: () => 1_000,
    onMessage({ msg, delivery }) {
      const entry = { key: msg.subject.slice(prefix.length), revision: delivery.streamSeq }
      onEntry(isRemovalOf(msg.headers?.get('KV-Operation')) ? entry : { ...entry, value: msg.data })
    },
    onCaughtUp: () => ready.resolve(),
  })
  return {
    ready: ready.promise,
    async stop() {
      ready.resolve()
      await reader.stop()
    },
  }
}
