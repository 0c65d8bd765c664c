// The broker's port as one machine sees it in a simulation: the models of `store.ts` behind `network.ts`.
import type { Broker, KvBucket, StoredMessage } from '@wagate/runtime/broker.ts'
import type { Machine } from './machine.ts'
import type { Network } from './network.ts'
import { SimulatedObjects } from './objects.ts'
import type { Random } from './random.ts'
import { SimulatedBucket, SimulatedStream, type Stored } from './store.ts'
import type { Time } from './time.ts'

export type Stores = {
  log: SimulatedStream
  events: SimulatedStream
  objects: SimulatedObjects
  bucket: (name: string) => SimulatedBucket
}

const minuteMs = 60_000
const ttlMs: Record<string, number> = { leases: 20_000, workers: 15_000, handovers: 30_000 }

export function createStores(time: Time, random: Random): Stores {
  const replicas = random.chance(0.5) ? 3 : 1
  const buckets = new Map<string, SimulatedBucket>()
  return {
    log: new SimulatedStream(time, { duplicateWindowMs: 2 * minuteMs, replicas, random }),
    events: new SimulatedStream(time, { duplicateWindowMs: 10 * minuteMs, replicas, random }),
    objects: new SimulatedObjects(time, random),
    bucket: (name) => {
      const bucket = buckets.get(name) ?? new SimulatedBucket(time, ttlMs[name])
      buckets.set(name, bucket)
      return bucket
    },
  }
}

const told = ({ subject, seq, data, msgId, atMs }: Stored): StoredMessage => ({
  subject,
  seq,
  data,
  time: new Date(atMs),
  headers: msgId ? { 'Nats-Msg-Id': msgId } : {},
})

const missing = (what: string) => (): never => {
  throw new Error(`the simulated broker has no ${what}`)
}

export function brokerOf(machine: Machine, network: Network, stores: Stores): Broker {
  const streamOf = (subject: string): { name: string; stream: SimulatedStream } =>
    subject.startsWith('wal.') ? { name: 'log', stream: stores.log } : { name: 'events', stream: stores.events }

  return {
    publish: async (subject, data, options = {}) => {
      const { name, stream } = streamOf(subject)
      const { msgId, expectedLastSubjectSequence: expected, timeoutMs } = options
      const publish = () => stream.publish(subject, data, { msgId, expected })
      return { stream: name, ...(await network.request(machine, name, publish, timeoutMs)) }
    },
    kv: async (name) => bucketOf(machine, network, name, stores.bucket(name)),
    lastMessage: async (_, subject) => {
      const last = await network.request(machine, 'log', () => stores.log.last(subject))
      return last && told(last)
    },
    messageAt: async (_, seq) => {
      const found = await network.request(machine, 'log', () => stores.log.at(seq))
      return found && told(found)
    },
    readSubject: async function* (_, subject, { fromSeq = 0 } = {}) {
      const all = await network.request(machine, 'log', () => stores.log.all(subject))
      for (const message of all) if (message.seq >= fromSeq) yield told(message)
    },
    purgeSubject: (_, subject, { beforeSeq }) =>
      network.request(machine, 'log', () => stores.log.purge(subject, beforeSeq)),
    purgeAll: missing('purging'),
    deleteMessage: missing('deletion'),
    settledSeq: missing('consumers'),
    firstFrom: missing('positions'),
    streamState: missing('figures'),
    consumerStates: missing('figures'),
    ask: missing('questions'),
    answer: missing('answers'),
    tell: missing('news'),
    listen: missing('news'),
    tail: missing('tail'),
    consume: missing('consumers'),
    consumeBatches: missing('batches'),
    provision: missing('provisioning'),
    provisionConsumers: missing('provisioning'),
    check: missing('check'),
    status: () => 'connected',
    closed: new Promise(() => {}),
    drain: async () => {},
  }
}

function bucketOf(machine: Machine, network: Network, name: string, bucket: SimulatedBucket): KvBucket {
  const ask = <Answer>(perform: () => Answer, timeoutMs?: number) => network.request(machine, name, perform, timeoutMs)
  return {
    name,
    get: (key) => ask(() => bucket.get(key)),
    create: (key, value, options) => ask(() => bucket.create(key, value), options?.timeoutMs),
    update: (key, value, revision, options) => ask(() => bucket.update(key, value, revision), options?.timeoutMs),
    put: (key, value) => ask(() => bucket.put(key, value)),
    delete: (key, revision) => ask(() => bucket.delete(key, revision)),
    keys: async function* () {
      yield* await ask(() => bucket.keys())
    },
    watch: async ({ key: filter, onEntry }) => {
      const matches = (key: string): boolean => filter === undefined || patternOf(filter).test(key)
      const tell = (change: { key: string; value?: Uint8Array; revision: number }): void => {
        if (matches(change.key)) network.deliver(machine, `watch ${name}`, () => onEntry(change))
      }
      const stop = bucket.watch(tell)
      machine.onDeath(stop)
      for (const key of bucket.keys()) {
        const entry = bucket.get(key)
        if (entry) tell({ key, ...entry })
      }
      return {
        ready: new Promise((resolve) => network.deliver(machine, `watch ${name}`, resolve)),
        stop: async () => stop(),
      }
    },
  }
}

const patternOf = (filter: string): RegExp =>
  new RegExp(`^${filter.replaceAll('.', '\\.').replaceAll('*', '[^.]+').replaceAll('>', '.+')}$`)
