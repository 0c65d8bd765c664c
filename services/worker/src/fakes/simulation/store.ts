// The broker's side of a simulation: streams with compare-and-set and deduplication, buckets with silent expiry. It never
// loses what it has stored; everything that goes wrong on the way to it is `network.ts`.
import { ConcurrentAppend, KeyExists, WrongLastSequence } from '@wagate/runtime/errors.ts'
import type { Random } from './random.ts'
import type { Time } from './time.ts'

export type Stored = { subject: string; seq: number; data: Uint8Array; msgId: string | undefined; atMs: number }

type StreamOptions = {
  /** How long a `Nats-Msg-Id` is recognised. */
  duplicateWindowMs: number
  /** With three replicas the id is looked at before the expected sequence, and appends side by side are refused (10164). */
  replicas: 1 | 3
  random: Random
}

export class SimulatedStream {
  readonly #time: Time
  readonly #options: StreamOptions
  readonly #subjects = new Map<string, Stored[]>()
  readonly #ids = new Map<string, { seq: number; atMs: number }>()
  #seq = 0
  purged = 0
  onStored: (message: Stored) => void = () => {}

  constructor(time: Time, options: StreamOptions) {
    this.#time = time
    this.#options = options
  }

  publish(
    subject: string,
    data: Uint8Array,
    { msgId, expected }: { msgId?: string | undefined; expected?: number | undefined },
  ): { seq: number; duplicate: boolean } {
    const { replicas, random } = this.#options
    const messages = this.#subjects.get(subject) ?? []
    if (replicas === 3 && expected !== undefined && random.chance(0.02)) throw new ConcurrentAppend('10164')
    const twin = this.#twin(msgId)
    if (replicas === 3 && twin) return { seq: twin.seq, duplicate: true }
    const last = messages.at(-1)?.seq ?? 0
    if (expected !== undefined && expected !== last) throw new WrongLastSequence(`10071: ${last}`)
    if (twin) return { seq: twin.seq, duplicate: true }
    this.#seq += 1
    const stored = { subject, seq: this.#seq, data, msgId, atMs: this.#time.nowMs() }
    messages.push(stored)
    this.#subjects.set(subject, messages)
    if (msgId) this.#ids.set(msgId, { seq: stored.seq, atMs: stored.atMs })
    this.onStored(stored)
    return { seq: stored.seq, duplicate: false }
  }

  #twin(msgId: string | undefined): { seq: number } | undefined {
    const known = msgId === undefined ? undefined : this.#ids.get(msgId)
    if (!known || this.#time.nowMs() - known.atMs > this.#options.duplicateWindowMs) return undefined
    return known
  }

  last(subject: string): Stored | undefined {
    return this.#subjects.get(subject)?.at(-1)
  }

  at(seq: number): Stored | undefined {
    for (const messages of this.#subjects.values()) {
      const found = messages.find((message) => message.seq === seq)
      if (found) return found
    }
    return undefined
  }

  all(subject: string): Stored[] {
    return [...(this.#subjects.get(subject) ?? [])]
  }

  purge(subject: string, beforeSeq: number): number {
    const messages = this.#subjects.get(subject) ?? []
    const kept = messages.filter(({ seq }) => seq >= beforeSeq)
    this.#subjects.set(subject, kept)
    this.purged += messages.length - kept.length
    return messages.length - kept.length
  }
}

export type Change = { key: string; value?: Uint8Array; revision: number }

export class SimulatedBucket {
  readonly #time: Time
  readonly #ttlMs: number
  readonly #values = new Map<string, { value: Uint8Array; revision: number; atMs: number }>()
  readonly #watchers = new Set<(change: Change) => void>()
  #revision = 0

  constructor(time: Time, ttlMs = Number.POSITIVE_INFINITY) {
    this.#time = time
    this.#ttlMs = ttlMs
  }

  get(key: string): { value: Uint8Array; revision: number } | undefined {
    const stored = this.#values.get(key)
    if (!stored || this.#time.nowMs() - stored.atMs >= this.#ttlMs) return undefined
    return { value: stored.value, revision: stored.revision }
  }

  create(key: string, value: Uint8Array): number {
    if (this.get(key)) throw new KeyExists(key)
    return this.put(key, value)
  }

  update(key: string, value: Uint8Array, revision: number): number {
    this.#mustBeAt(key, revision)
    return this.put(key, value)
  }

  put(key: string, value: Uint8Array): number {
    this.#revision += 1
    this.#values.set(key, { value, revision: this.#revision, atMs: this.#time.nowMs() })
    for (const tell of this.#watchers) tell({ key, value, revision: this.#revision })
    return this.#revision
  }

  delete(key: string, revision?: number): void {
    if (revision !== undefined) this.#mustBeAt(key, revision)
    this.#revision += 1
    this.#values.delete(key)
    for (const tell of this.#watchers) tell({ key, revision: this.#revision })
  }

  #mustBeAt(key: string, revision: number): void {
    if (this.get(key)?.revision !== revision) throw new WrongLastSequence(key)
  }

  keys(): string[] {
    return [...this.#values.keys()].filter((key) => this.get(key))
  }

  watch(tell: (change: Change) => void): () => void {
    this.#watchers.add(tell)
    return () => this.#watchers.delete(tell)
  }
}
