// The port to NATS JetStream: what services may do with the broker, in their words. The client library is behind the
// `nats-*.ts` files of this folder and nowhere else in the repository.

import type { ConsumerSpec } from '@wagate/messages/streams.ts'
import { startConsume } from './consume.ts'
import { startBatches } from './consume-batches.ts'
import { createLateAcks } from './late-acks.ts'
import type { Logger } from './logger.ts'
import { checkLayout } from './nats-check.ts'
import { settledSeq } from './nats-consumer.ts'
import { openBucket } from './nats-kv.ts'
import type { LayoutOptions } from './nats-layout.ts'
import { NatsLink } from './nats-link.ts'
import { provisionConsumer, provisionLayout } from './nats-provision.ts'
import { publish } from './nats-publish.ts'
import { deleteMessage, purgeAll, purgeSubject } from './nats-purge.ts'
import { answerQuestions, ask } from './nats-question.ts'
import { firstFrom, lastMessage, messageAt, readSubject } from './nats-read.ts'
import { type ConsumerState, consumerStates, type StreamState, streamState } from './nats-state.ts'
import { tailSubject } from './nats-tail.ts'
import { listen, tell } from './nats-tell.ts'

export type BrokerConfig = {
  servers: string[]
  user?: string
  password?: string
  /** Shown by the server's monitoring; the process and its instance. */
  name: string
  logger: Logger
  /** For requests and publishes without a timeout of their own. Default 5 s. */
  timeoutMs?: number
  /**
   * Of the leases by which the consumers' pullers take turns; default 20 s. What the server keeps of a puller that stands still, its
   * request for messages, ends after half of it: before there can be another puller, from whom it would take messages away.
   */
  leaseTtlMs?: number
}

export type PublishOptions = {
  /** `Nats-Msg-Id`: a repeat within the stream's duplicate window is not stored again. */
  msgId?: string
  headers?: Record<string, string>
  /** Store only if the last message of this subject has that stream sequence; 0 = there is none. */
  expectedLastSubjectSequence?: number
  timeoutMs?: number
}
export type Published = { stream: string; seq: number; duplicate: boolean }

export type StoredMessage = {
  subject: string
  /** The stream's sequence. */
  seq: number
  /** When the broker stored it. */
  time: Date
  data: Uint8Array
  headers: Record<string, string>
}

export type BrokerMessage = StoredMessage & {
  /** 1 the first time. */
  deliveryCount: number
  /** Tells the broker that work goes on, so that it does not deliver the message again after `ack_wait`. */
  working(): void
}

/**
 * What became of a message. `later`: not now, through no fault of its own; it comes again as often as it takes. `retry`: it
 * failed, and is tried again a few times. `reject` moves it to DEAD_LETTERS.
 */
export type Outcome =
  | { kind: 'done' }
  | { kind: 'later'; afterMs: number; reason: string }
  | { kind: 'retry'; afterMs: number; reason: string }
  | { kind: 'reject'; reason: string }

export type ConsumeOptions = {
  stream: string
  consumer: string
  /** Handlers running at once. */
  maxInFlight: number
  /** Called in the order of the stream. A throw is a retry with capped exponential backoff. */
  handle(message: BrokerMessage): Promise<Outcome>
  /** A message is rejected when it has failed this often here: `retry` or a throw, not `later`. Default 8. */
  maxAttempts?: number
  /** Told after a message has been stored in DEAD_LETTERS. */
  onDeadLetter?(message: StoredMessage, reason: string): void
}

export type BatchTools = {
  /** Stores one message in DEAD_LETTERS; the handler then leaves it out. */
  deadLetter(message: StoredMessage, reason: string): Promise<void>
  /** Aborts when the consumption is being closed. */
  signal: AbortSignal
}

export type ConsumeBatchesOptions = {
  stream: string
  consumer: string
  maxMessages: number
  /** How long to wait for more after the first message of a batch. 0 = take what is there. */
  maxWaitMs: number
  /** Called with one batch at a time, in the order of the stream, without gaps. A throw: the same batch again, after a pause. */
  handle(batch: BrokerMessage[], tools: BatchTools): Promise<void>
  /** Told about every throw of `handle`; `attempt` counts from 1. */
  onRetry?(error: unknown, attempt: number): void
}

export type Answering = { close(): void }

/** `close` stops pulling and resolves once the handlers in flight have finished and their answers are sent. */
export type Consumption = { close(): Promise<void> }

export type KvEntry = {
  key: string
  /** Absent when the key was deleted. */
  value?: Uint8Array
  revision: number
}
export type KvWatch = {
  /** Resolves once every value that was there at the start has been seen. */
  ready: Promise<void>
  stop(): Promise<void>
}
export type KvBucket = {
  name: string
  /** Read from the stream's leader. Even so, decide ownership only by the result of a write. */
  get(key: string): Promise<{ value: Uint8Array; revision: number } | undefined>
  /** @throws KeyExists */
  create(key: string, value: Uint8Array, options?: { timeoutMs?: number }): Promise<number>
  /** @throws WrongLastSequence, also when the key has expired or was deleted */
  update(key: string, value: Uint8Array, revision: number, options?: { timeoutMs?: number }): Promise<number>
  put(key: string, value: Uint8Array): Promise<number>
  /** With a revision: only if the key is still at it. @throws WrongLastSequence */
  delete(key: string, revision?: number): Promise<void>
  /** Keys that exist now; the filter takes NATS wildcards. */
  keys(filter?: string): AsyncIterable<string>
  /**
   * Every current value, then every change, over reconnects. Expiry by the bucket's TTL is silent: no entry tells of it.
   * `onEntry` must not throw.
   */
  watch(options: { key?: string; onEntry(entry: KvEntry): void }): Promise<KvWatch>
}

export type BrokerStatus = 'connected' | 'disconnected' | 'closed'

export type Broker = {
  /**
   * Stores a message and resolves when the broker has it on disk. While disconnected it waits for the connection, up to the
   * timeout, rather than fail at once. With a `msgId` and no expected sequence it repeats itself over a reconnect.
   * @throws WrongLastSequence, ConcurrentAppend, BrokerUnavailable, BrokerRefused
   */
  publish(subject: string, data: Uint8Array, options?: PublishOptions): Promise<Published>
  kv(bucket: string): Promise<KvBucket>
  /**
   * Asks whoever answers questions on that subject. Nothing is stored.
   * @throws BrokerUnavailable, at once when nobody does
   */
  ask(subject: string, data: Uint8Array, options: { timeoutMs: number }): Promise<Uint8Array>
  /** Answers questions on the subject (wildcards allowed), over reconnects; without an answer the asker waits in vain. */
  answer(subject: string, handle: (question: { subject: string; data: Uint8Array }) => Uint8Array): Answering
  /** Tells whoever listens now, if anybody does: nothing is stored, nothing is confirmed. Does not throw. */
  tell(subject: string, data: Uint8Array): void
  /** Hears what is told on the subject, over reconnects; what one connection tells comes in its order. Also what this one tells. */
  listen(subject: string, handle: (data: Uint8Array) => void): Answering
  /** The last message of a subject (wildcards allowed), read from the stream's leader. */
  lastMessage(stream: string, subject: string): Promise<StoredMessage | undefined>
  /** The message with that sequence, read from the stream's leader; undefined when it was removed. */
  messageAt(stream: string, seq: number): Promise<StoredMessage | undefined>
  /** The first message under the subject (wildcards allowed) at that sequence or after it, read from the stream's leader. */
  firstFrom(stream: string, subject: string, fromSeq: number): Promise<StoredMessage | undefined>
  /** Everything stored under the subject (wildcards allowed) when the call began, in order, from `fromSeq` to `toSeq`, both included. */
  readSubject(
    stream: string,
    subject: string,
    options?: { fromSeq?: number; toSeq?: number; signal?: AbortSignal },
  ): AsyncIterable<StoredMessage>
  /** Live messages in order without gaps, from `fromSeq` (inclusive) or only new ones, until the signal aborts. Holds back the broker while the reader is slow. */
  tail(
    stream: string,
    subject: string,
    options: { fromSeq?: number; signal: AbortSignal },
  ): AsyncIterable<StoredMessage>
  /** Removes the subject's messages with a sequence lower than `beforeSeq`; resolves with how many. */
  purgeSubject(stream: string, subject: string, options: { beforeSeq: number }): Promise<number>
  /** Removes everything under the subject (wildcards allowed); resolves with how many messages. */
  purgeAll(stream: string, subject: string): Promise<number>
  /** Removes one message and overwrites what the disk held of it; false when it was gone. */
  deleteMessage(stream: string, seq: number): Promise<boolean>
  /** What a stream holds now; of a bucket the stream is `KV_<bucket>`. */
  streamState(stream: string): Promise<StreamState>
  /** How far the consumers of a stream have come, by name; those of live readers too. At most `max`. */
  consumerStates(stream: string, max: number): Promise<ConsumerState[]>
  /** Up to which sequence a durable consumer has settled everything that it is given. */
  settledSeq(stream: string, consumer: string): Promise<number>
  /**
   * Handles the messages of a durable consumer one by one. What an earlier owner of a work queue left unsettled comes first and
   * at once, not after `ack_wait`. One active puller per consumer, by lease.
   */
  consume(options: ConsumeOptions): Promise<Consumption>
  /** Handles the messages of an AckAll consumer in ordered batches, each acknowledged as a whole. One active puller, by lease. */
  consumeBatches(options: ConsumeBatchesOptions): Promise<Consumption>
  /** Creates or updates streams, buckets and consumers. Idempotent. Needs the provisioner's permissions. */
  provision(partitions: number, options?: LayoutOptions): Promise<void>
  /** Creates consumers, or updates them; of a pool, after the layout was made. */
  provisionConsumers(specs: readonly ConsumerSpec[]): Promise<void>
  /** @throws NotProvisioned when something is missing, or was made for another number of partitions or other lease times */
  check(partitions: number, options?: Pick<LayoutOptions, 'leaseTtlMs'>): Promise<void>
  status(): BrokerStatus
  /** Resolves when the connection is closed for good, by `drain` or by a refusal. */
  closed: Promise<void>
  /** Sends what is buffered and closes. Close consumptions and stop watches first. */
  drain(): Promise<void>
}

/** Connects and resolves once connected, however long that takes; reconnects by itself from then on. */
export async function connectBroker(config: BrokerConfig): Promise<Broker> {
  const link = await NatsLink.connect(config)
  const lateAcks = createLateAcks(link)
  return {
    publish: (subject, data, options) => publish(link, subject, data, options),
    kv: async (bucket) => openBucket(link, bucket),
    ask: (subject, data, options) => ask(link, subject, data, options),
    answer: (subject, handle) => answerQuestions(link, subject, handle),
    tell: (subject, data) => tell(link, subject, data),
    listen: (subject, handle) => listen(link, subject, handle),
    lastMessage: (stream, subject) => lastMessage(link, stream, subject),
    messageAt: (stream, seq) => messageAt(link, stream, seq),
    firstFrom: (stream, subject, fromSeq) => firstFrom(link, stream, subject, fromSeq),
    readSubject: (stream, subject, options) => readSubject(link, stream, subject, options),
    tail: (stream, subject, options) => tailSubject(link, stream, subject, options),
    purgeSubject: (stream, subject, options) => purgeSubject(link, stream, subject, options),
    purgeAll: (stream, subject) => purgeAll(link, stream, subject),
    deleteMessage: (stream, seq) => deleteMessage(link, stream, seq),
    streamState: (stream) => streamState(link, stream),
    consumerStates: (stream, max) => consumerStates(link, stream, max),
    settledSeq: (stream, consumer) => settledSeq(link, stream, consumer),
    consume: (options) => startConsume(link, options),
    consumeBatches: (options) => startBatches(link, options, lateAcks),
    provision: (partitions, options) => provisionLayout(link, partitions, options),
    provisionConsumers: async (specs) => {
      for (const spec of specs) await provisionConsumer(link, spec, 0)
    },
    check: (partitions, options) => checkLayout(link, partitions, options),
    status: () => link.status(),
    closed: link.closed,
    drain: () => link.drain(),
  }
}
