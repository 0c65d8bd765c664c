// A subject of the broker in memory: stores in order, checks the expected sequence, and can lose an answer, fail, or be slow
// on request. The real one is exercised by the end-to-end tests.
import type { LogBroker, RecordLabel } from '../log/session-log.ts'
import type { StoredBatch } from '../log/takeover.ts'

class Conflict extends Error {}
class Outage extends Error {}

export type Trouble = 'none' | 'lose-request' | 'lose-answer'

export class MemorySubject {
  readonly messages: StoredBatch[] = []
  #seq = 0
  /** What happens to the next publishes, in order; `none` when empty. */
  trouble: Trouble[] = []
  /** Resolves before a batch is stored; a test holds it to keep an append in flight. */
  beforeStore: (labels: ReadonlySet<RecordLabel>) => Promise<void> = async () => {}
  /** Resolves before the answer to a stored batch is given. */
  afterStore: (labels: ReadonlySet<RecordLabel>) => Promise<void> = async () => {}

  broker(): LogBroker & {
    last: () => Promise<StoredBatch | undefined>
    at: (seq: number) => Promise<StoredBatch | undefined>
    read: (fromSeq: number) => AsyncIterable<StoredBatch>
  } {
    return {
      publish: async (data, { msgId, expectedLastSubjectSequence, labels }) => {
        const trouble = this.trouble.shift() ?? 'none'
        if (trouble === 'lose-request') throw new Outage()
        await this.beforeStore(labels)
        if ((this.messages.at(-1)?.seq ?? 0) !== expectedLastSubjectSequence) throw new Conflict()
        this.#seq += 1
        this.messages.push({ seq: this.#seq, data, msgId })
        const seq = this.#seq
        if (trouble === 'lose-answer') throw new Outage()
        await this.afterStore(labels)
        return { seq }
      },
      last: async () => this.messages.at(-1),
      at: async (seq) => this.messages.find((message) => message.seq === seq),
      read: (fromSeq) => this.#read(fromSeq),
      classify: (error) => (error instanceof Conflict ? 'conflict' : error instanceof Outage ? 'outage' : 'bug'),
      pause: async () => {},
    }
  }

  /** Removes what has a lower sequence. */
  async purge(beforeSeq: number): Promise<void> {
    const kept = this.messages.filter(({ seq }) => seq >= beforeSeq)
    this.messages.splice(0, this.messages.length, ...kept)
  }

  async *#read(fromSeq: number): AsyncIterable<StoredBatch> {
    yield* this.messages.filter(({ seq }) => seq >= fromSeq)
  }
}
