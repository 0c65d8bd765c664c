// A new owner's first steps: fence every older one with a CLAIM, then read what they left.
import { type LogCipher, openBatch, readHeader } from './codec.ts'
import { apply, emptyMemory, type LoggedEvent, type Memory } from './memory.ts'
import { Fenced, type LogBroker, SessionLog, type SessionLogOptions } from './session-log.ts'

export type StoredBatch = { seq: number; data: Uint8Array; msgId: string | undefined }

export type TakeoverDeps = {
  cipher: LogCipher
  owner: string
  now: () => Date
  /** A name for one attempt to own the session, never used twice: two that claim at once must not take each other's record for their own. */
  newTerm: () => string
  broker: Omit<LogBroker, 'last'> & {
    last: () => Promise<StoredBatch | undefined>
    read: () => AsyncIterable<StoredBatch>
  }
  onFenced: () => void
  defer: SessionLogOptions['defer']
  relayed: () => number
}

export type Takeover = {
  log: SessionLog
  memory: Memory
  /** Everything up to this sequence is published. */
  relayed: number
  /** What the last owner wrote and may not have published, in order. */
  unpublished: LoggedEvent[]
}

/** How often a claim may lose against another worker that claims too, before it is left to that one. */
const maxClaims = 5

export async function takeOver(deps: TakeoverDeps): Promise<Takeover> {
  const log = await claim(deps)
  const memory = emptyMemory(deps.cipher.tenantId, deps.cipher.sessionId)
  let relayed = 0
  let events: LoggedEvent[] = []
  let position: number | undefined
  for await (const stored of deps.broker.read()) {
    const batch = openBatch(deps.cipher, stored.data)
    if (position !== undefined && batch.position !== position + 1) {
      throw new Error(`the log of ${deps.cipher.sessionId} has a gap after position ${position}`)
    }
    if (batch.epoch > log.epoch) throw new Fenced(deps.cipher.sessionId)
    position = batch.position
    for (const record of batch.batch.records) events.push(...apply(memory, record))
    relayed = Math.max(relayed, batch.batch.relayed)
    events = events.filter((event) => event.sequence > relayed)
  }
  return { log, memory, relayed, unpublished: events }
}

async function claim(deps: TakeoverDeps): Promise<SessionLog> {
  for (let attempt = 1; ; attempt++) {
    const last = await deps.broker.last()
    const header = last ? readHeader(last.data) : { epoch: 0, position: 0 }
    const epoch = header.epoch + 1
    const log = new SessionLog({
      broker: deps.broker,
      cipher: deps.cipher,
      epoch,
      term: deps.newTerm(),
      position: header.position,
      lastSeq: last?.seq ?? 0,
      relayed: deps.relayed,
      onFenced: deps.onFenced,
      defer: deps.defer,
    })
    try {
      await log.durable(log.append([{ kind: 'CLAIM', epoch, owner: deps.owner, at: deps.now().toISOString() }]))
      return log
    } catch (error) {
      if (!(error instanceof Fenced) || attempt === maxClaims) throw error
    }
  }
}
