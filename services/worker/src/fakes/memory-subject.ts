// A subject of the broker in memory: stores in order, checks the expected sequence, and can lose an answer, fail, or be slow
// on request. The conformance of the real one is `engine/deps.int.test.ts`.
import type { LogBroker } from '../log/session-log.ts'
import type { StoredBatch } from '../log/takeover.ts'

export class Conflict extends Error {}
export class Outage extends Error {}

export type Trouble = 'none' | 'lose-request' | 'lose-answer'

export class MemorySubject {
  readonly messages: StoredBatch[] = []
  #seq = 0
  /** What happens to the next publishes, in order; `none` when empty. */
  trouble: Trouble[] = []
  /** Resolves before each publish is stored; a test holds it to keep an append in flight. */
  beforeStore: () => Promise<void> = async () => {}
  publishes = 0

  broker(): LogBroker & { last: () => Promise<StoredBatch | undefined>; read: () => AsyncIterable<StoredBatch> } {
    return {
      publish: async (data, { msgId, expectedLastSubjectSequence }) => {
        this.publishes += 1
        const trouble = this.trouble.shift() ?? 'none'
        if (trouble === 'lose-request') throw new Outage()
        await this.beforeStore()
        if ((this.messages.at(-1)?.seq ?? 0) !== expectedLastSubjectSequence) throw new Conflict()
        this.#seq += 1
        this.messages.push({ seq: this.#seq, data, msgId })
        if (trouble === 'lose-answer') throw new Outage()
        return { seq: this.#seq }
      },
      last: async () => this.messages.at(-1),
      read: () => this.#read(),
      classify: (error) => (error instanceof Conflict ? 'conflict' : error instanceof Outage ? 'outage' : 'bug'),
      pause: async () => {},
    }
  }

  async *#read(): AsyncIterable<StoredBatch> {
    yield* [...this.messages]
  }
}
