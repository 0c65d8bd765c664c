// Everything that is written to SESSION_LOG from now on, kept as it was written: who claimed which session when, for the judge
// and the stop-watch. It also survives what a snapshot purges from the stream.
import type { Broker, StoredMessage } from '@wagate/runtime/broker.ts'
import type { MasterKey } from '@wagate/runtime/seal.ts'
import { waitFor } from '@wagate/testing/wait-for.ts'
import { type LogRecord, openRecords, readDataKey, readHeader } from './open-log.ts'

export type Claim = { sessionId: string; epoch: number; owner: string; atMs: number }

export type LogBook = {
  /** Of all sessions, in the order of the stream, once everything that is stored now has been seen. */
  messages(): AsyncIterable<StoredMessage>
  claims(tenantId: string, sessionIds: readonly string[]): Promise<Claim[]>
  /** Every record of a session, opened with its key. */
  records(tenantId: string, sessionId: string): Promise<LogRecord[]>
  /** The keys that their logs are sealed with. */
  dataKeys(tenantId: string, sessionIds: readonly string[]): Promise<{ name: string; bytes: Uint8Array }[]>
  /** Drops what was seen, at the end of a seed. */
  clear(): void
} & AsyncDisposable

const sessionOf = (subject: string): string => subject.split('.').at(-1) ?? ''

export async function openLogBook(broker: Broker, master: MasterKey): Promise<LogBook> {
  const stopping = new AbortController()
  let seen: StoredMessage[] = []
  let lastSeq = (await broker.lastMessage('SESSION_LOG', 'wal.>'))?.seq ?? 0
  const following = (async () => {
    const options = { fromSeq: lastSeq + 1, signal: stopping.signal }
    for await (const message of broker.tail('SESSION_LOG', 'wal.>', options)) {
      seen.push(message)
      lastSeq = message.seq
    }
  })()
  const keys = await broker.kv('session_keys')

  async function catchUp(): Promise<void> {
    const last = (await broker.lastMessage('SESSION_LOG', 'wal.>'))?.seq ?? 0
    await waitFor(() => lastSeq >= last, { what: 'the log book to catch up', deadlineMs: 60_000 })
  }

  async function opened(tenantId: string, sessionId: string, wanted: (message: StoredMessage) => boolean) {
    const stored = await keys.get(`${tenantId}.${sessionId}`)
    const own = seen.filter((message) => sessionOf(message.subject) === sessionId && wanted(message))
    if (!stored) return own.map((message) => ({ message, records: [] as LogRecord[] }))
    const key = readDataKey(master, tenantId, sessionId, stored.value)
    return own.map((message) => ({ message, records: openRecords({ tenantId, sessionId, key }, message.data) }))
  }

  return {
    async *messages() {
      await catchUp()
      yield* seen
    },
    async claims(tenantId, sessionIds) {
      await catchUp()
      const claims = sessionIds.map(async (sessionId) => {
        let epoch = 0
        const startsEpoch = ({ data }: StoredMessage): boolean => {
          const before = epoch
          epoch = readHeader(data).epoch
          return epoch !== before
        }
        return (await opened(tenantId, sessionId, startsEpoch)).flatMap(({ message, records }) => {
          const claim = records.find(({ kind }) => kind === 'CLAIM')
          const owner = typeof claim?.owner === 'string' ? claim.owner : 'unknown'
          return [{ sessionId, epoch: readHeader(message.data).epoch, owner, atMs: message.time.getTime() }]
        })
      })
      return (await Promise.all(claims)).flat()
    },
    async records(tenantId, sessionId) {
      await catchUp()
      return (await opened(tenantId, sessionId, () => true)).flatMap(({ records }) => records)
    },
    async dataKeys(tenantId, sessionIds) {
      const found = sessionIds.map(async (sessionId) => {
        const stored = await keys.get(`${tenantId}.${sessionId}`)
        const name = `data key of ${sessionId}`
        return stored ? [{ name, bytes: readDataKey(master, tenantId, sessionId, stored.value) }] : []
      })
      return (await Promise.all(found)).flat()
    },
    clear() {
      seen = []
    },
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await following.catch(() => {})
    },
  }
}
