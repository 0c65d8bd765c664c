// One look at the broker: all streams and buckets, and how far their consumers have come.
import type { BucketState, ConsumerState, StreamState, StreamStates } from '@wagate/api/stream-state.ts'
import { buckets, streams } from '@wagate/messages/streams.ts'
import type { Broker } from '@wagate/runtime/broker.ts'

export type MeasureDeps = {
  broker: Pick<Broker, 'streamState' | 'consumerStates' | 'firstFrom'>
  now: () => Date
}

/** Consumers that are asked for: those of 256 partitions and some hundred dedicated pools. */
const maxConsumers = 2_000
const maxShown = 500
/** Whose oldest message is looked up, a request each. */
const maxLookedUp = 64

/** What is measured of which stream: nobody consumes SESSION_LOG and DEAD_LETTERS. */
const consumed = new Set(['COMMANDS', 'EVENTS', 'AUDIT'])
/** The gateway writes what goes on record and does not read it. */
const unread = new Set(['AUDIT'])

export async function measureStreams(deps: MeasureDeps): Promise<StreamStates> {
  const [streamStates, bucketStates] = await Promise.all([
    Promise.all(streams.map(({ name }) => measureStream(deps, name))),
    Promise.all(buckets.map(({ name }) => measureBucket(deps, name))),
  ])
  return { measured_at: deps.now().toISOString(), streams: streamStates, buckets: bucketStates }
}

type Found = Awaited<ReturnType<Broker['consumerStates']>>[number]

async function measureStream(deps: MeasureDeps, name: string): Promise<StreamState> {
  const [size, found] = await Promise.all([
    sizeOf(deps, name, name),
    consumed.has(name) ? deps.broker.consumerStates(name, maxConsumers) : [],
  ])
  const durable = found.filter((consumer) => consumer.durable).toSorted((a, b) => unsettled(b) - unsettled(a))
  const consumers = await Promise.all(durable.map((consumer, n) => measureConsumer(deps, name, consumer, n)))
  const lags = consumers.flatMap((consumer) => consumer.lag_seconds ?? [])
  return {
    ...size,
    consumers: consumers.toSorted(byLag).slice(0, maxShown),
    consumers_total: consumers.length,
    live_readers: found.length - durable.length,
    lag_seconds: lags.length === 0 ? null : Math.max(...lags),
  }
}

const measureBucket = (deps: MeasureDeps, name: string): Promise<BucketState> => sizeOf(deps, `KV_${name}`, name)

async function sizeOf({ broker }: MeasureDeps, stream: string, name: string): Promise<BucketState> {
  const state = await broker.streamState(stream)
  return {
    ...{ name, messages: state.messages, bytes: state.bytes, replicas: state.replicas },
    max_age_seconds: state.maxAgeMs === 0 ? null : Math.round(state.maxAgeMs / 1_000),
    max_messages: state.maxMessages ?? null,
    max_bytes: state.maxBytes ?? null,
    first_at: state.firstAt?.toISOString() ?? null,
    last_at: state.lastAt?.toISOString() ?? null,
  }
}

const unsettled = ({ pending, ackPending }: Found): number => pending + ackPending

async function measureConsumer(
  { broker, now }: MeasureDeps,
  stream: string,
  found: Found,
  position: number,
): Promise<ConsumerState> {
  const waits = unsettled(found) > 0
  const isLookedUp = waits && position < maxLookedUp && !unread.has(stream)
  const oldest = isLookedUp ? await broker.firstFrom(stream, found.filter, found.settledSeq + 1) : undefined
  return {
    ...{ name: found.name, pending: found.pending, ack_pending: found.ackPending, redelivered: found.redelivered },
    settled_at: found.settledAt?.toISOString() ?? null,
    oldest_waiting_at: oldest?.time.toISOString() ?? null,
    // What was waiting may be settled by now: then there is no oldest one.
    lag_seconds: oldest ? secondsSince(oldest.time, now()) : waits && !isLookedUp ? null : 0,
    attended: found.pulls > 0 || found.ackPending > 0,
  }
}

const secondsSince = (then: Date, now: Date): number => Math.max(0, (now.getTime() - then.getTime()) / 1_000)

const byLag = (a: ConsumerState, b: ConsumerState): number =>
  (b.lag_seconds ?? 0) - (a.lag_seconds ?? 0) ||
  b.pending + b.ack_pending - (a.pending + a.ack_pending) ||
  a.name.localeCompare(b.name, 'en', { numeric: true })
