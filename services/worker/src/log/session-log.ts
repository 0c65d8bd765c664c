// The write-ahead log of one session, on a subject of its own. Every append names the sequence it expects to follow, so a
// second writer is found out at once; one append is in flight, and what waits behind it is written together (group commit).
import { pack, sealBatch } from './codec.ts'
import type { LogRecord } from './records.ts'
import type { LogCipher } from './sealed.ts'

/** Appends merge up to this many bytes; under the broker's limit of 1 MiB on a message. */
const maxBatchBytes = 512 * 1024

export type LogBroker = {
  /** Rejects with an error that `classify` understands. */
  publish: (
    bytes: Uint8Array,
    options: { msgId: string; expectedLastSubjectSequence: number; labels: ReadonlySet<RecordLabel> },
  ) => Promise<{ seq: number }>
  /** The newest message on the subject, read through its leader. */
  last: () => Promise<{ seq: number; msgId: string | undefined } | undefined>
  /** `conflict`: another sequence was expected (10071) · `busy`: try again (10164) · `outage`: unknown whether stored. */
  classify: (error: unknown) => 'conflict' | 'busy' | 'outage' | 'bug'
  /** Resolves when it is time to try again after an outage. */
  pause: (attempt: number) => Promise<void>
}

/** What a batch holds, for counting: the kind of a record, or INBOX for keys that decrypted a message. */
export type RecordLabel = LogRecord['kind'] | 'INBOX'

const labelOf = (record: LogRecord): RecordLabel =>
  record.kind === 'KEYS' && record.inbox?.length ? 'INBOX' : record.kind

/** Another owner wrote to the log: this one has to stop at once. */
export class Fenced extends Error {
  constructor(sessionId: string) {
    super(`session ${sessionId} has another owner`)
    this.name = 'Fenced'
  }
}

export type SessionLogOptions = {
  broker: LogBroker
  cipher: LogCipher
  epoch: number
  /** Tells our own records from those of anybody who claimed the same epoch. */
  term: string
  /** Position and sequence of the last batch that is stored. */
  position: number
  lastSeq: number
  /** Sequence of the last batch that holds a SNAPSHOT; rides on every batch. */
  snapshotSeq?: number | undefined
  /** Highest event sequence that is published; rides on every batch. */
  relayed: () => number
  /** Called once, before any waiting append is rejected: closes the socket, so that nothing can leave any more. */
  onFenced: () => void
  /** Defers a flush to the end of the event-loop turn, so that what belongs together is written together. */
  defer: (flush: () => void) => void
}

type Pending = { packed: Uint8Array[]; bytes: number; ticket: number; labels: RecordLabel[]; endsBatch?: boolean }

/** The end of a stored batch: everything begun before it is in the log up to here, everything later is not. */
export type Cut = { position: number; seq: number }

export class SessionLog {
  readonly #options: SessionLogOptions
  #position: number
  #lastSeq: number
  #snapshotSeq: number | undefined
  #records = 0
  #bytes = 0
  #begun = 0
  #durable = 0
  #pending: Pending[] = []
  #waiters: { ticket: number; resolve: (cut: Cut) => void; reject: (error: Error) => void }[] = []
  #scheduled = false
  #flushing = false
  #failure: Error | undefined

  constructor(options: SessionLogOptions) {
    this.#options = options
    this.#position = options.position
    this.#lastSeq = options.lastSeq
    this.#snapshotSeq = options.snapshotSeq
  }

  get epoch(): number {
    return this.#options.epoch
  }

  /** How many appends were begun; a frame handed over now must wait for all of them. */
  get begun(): number {
    return this.#begun
  }

  /** Of the last stored batch. */
  get position(): number {
    return this.#position
  }

  /** What this owner has begun to write. */
  get written(): { records: number; bytes: number } {
    return { records: this.#records, bytes: this.#bytes }
  }

  get failed(): boolean {
    return this.#failure !== undefined
  }

  isDurable(ticket: number): boolean {
    return this.#durable >= ticket
  }

  /** Begins an append. A lazy one waits for the next that is not, and is written with it. Returns its ticket. */
  append(records: LogRecord[], options: { lazy?: boolean } = {}): number {
    if (this.#failure) throw this.#failure
    this.#begun += 1
    const packed = records.map(pack)
    const bytes = packed.reduce((sum, record) => sum + record.length, 0)
    this.#records += packed.length
    this.#bytes += bytes
    this.#pending.push({ packed, bytes, ticket: this.#begun, labels: records.map(labelOf) })
    if (!options.lazy) this.#schedule()
    return this.#begun
  }

  /** Resolves when the append of that ticket, and all before it, are stored. Rejects when the owner was fenced. */
  durable(ticket = this.#begun): Promise<void> {
    if (this.#failure) return Promise.reject(this.#failure)
    if (this.#durable >= ticket) return Promise.resolve()
    if (this.#pending.length > 0) this.#schedule()
    return new Promise((resolve, reject) => this.#waiters.push({ ticket, resolve: () => resolve(), reject }))
  }

  /**
   * Ends a batch after what has been begun now: resolves with its end once it is stored. The memory of this moment is the fold
   * of the log up to there. Rejects when the owner was fenced.
   */
  cut(): Promise<Cut> {
    if (this.#failure) return Promise.reject(this.#failure)
    if (this.#durable >= this.#begun) return Promise.resolve({ position: this.#position, seq: this.#lastSeq })
    const last = this.#pending.at(-1)
    if (last) last.endsBatch = true // else the batch in flight ends here anyway
    this.#schedule()
    return new Promise((resolve, reject) => this.#waiters.push({ ticket: this.#begun, resolve, reject }))
  }

  /** Stops writing without a word from the broker: the lease is gone. */
  abandon(reason: Error): void {
    this.#fail(reason)
  }

  #schedule(): void {
    if (this.#scheduled || this.#flushing || this.#failure) return
    this.#scheduled = true
    this.#options.defer(() => {
      this.#scheduled = false
      void this.#flush()
    })
  }

  async #flush(): Promise<void> {
    if (this.#flushing) return
    this.#flushing = true
    try {
      while (this.#pending.length > 0 && !this.#failure) await this.#writeBatch(this.#takeBatch())
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)))
    } finally {
      this.#flushing = false
    }
  }

  #takeBatch(): Pending[] {
    let bytes = 0
    let count = 0
    for (const pending of this.#pending) {
      bytes += pending.bytes
      if (count > 0 && bytes > maxBatchBytes) break
      count += 1
      if (pending.endsBatch) break
    }
    return this.#pending.splice(0, count)
  }

  async #writeBatch(taken: Pending[]): Promise<void> {
    const { cipher, epoch, term, relayed } = this.#options
    const records = taken.flatMap((pending) => pending.packed)
    const pointer = this.#snapshotSeq === undefined ? {} : { snapshotSeq: this.#snapshotSeq }
    const batch = { relayed: relayed(), ...pointer, records }
    const header = { epoch, position: this.#position + 1 }
    const bytes = sealBatch(cipher, header, batch)
    const labels = new Set(taken.flatMap((pending) => pending.labels))
    this.#lastSeq = await this.#store(bytes, `${cipher.sessionId}:${epoch}:${header.position}:${term}`, labels)
    this.#position = header.position
    if (labels.has('SNAPSHOT')) this.#snapshotSeq = this.#lastSeq
    this.#durable = taken.at(-1)?.ticket ?? this.#durable
    const ready = this.#waiters.filter((waiter) => waiter.ticket <= this.#durable)
    this.#waiters = this.#waiters.filter((waiter) => waiter.ticket > this.#durable)
    for (const waiter of ready) waiter.resolve({ position: this.#position, seq: this.#lastSeq })
  }

  /** An append whose answer was lost may be stored: then the last message is ours, and a conflict is no conflict. */
  async #store(bytes: Uint8Array, msgId: string, labels: ReadonlySet<RecordLabel>): Promise<number> {
    const { broker, cipher } = this.#options
    for (let attempt = 1; ; attempt++) {
      if (this.#failure) throw this.#failure
      try {
        const stored = await broker.publish(bytes, { msgId, expectedLastSubjectSequence: this.#lastSeq, labels })
        return stored.seq
      } catch (error) {
        const kind = broker.classify(error)
        if (kind === 'bug') throw error
        if (kind === 'conflict') {
          const last = await broker.last().catch(() => 'unknown' as const)
          if (last !== 'unknown') {
            if (last?.msgId === msgId) return last.seq
            if (last?.seq !== this.#lastSeq) throw new Fenced(cipher.sessionId)
          }
        }
        await broker.pause(attempt)
      }
    }
  }

  #fail(error: Error): void {
    if (this.#failure) return
    this.#failure = error
    this.#options.onFenced()
    this.#pending = []
    const waiters = this.#waiters
    this.#waiters = []
    for (const waiter of waiters) waiter.reject(error)
  }
}
