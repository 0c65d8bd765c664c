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
    /** What is stored now, from that sequence on. */
    read: (fromSeq?: number) => AsyncIterable<StoredBatch>
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

/** What was read of a log so far. Reading ahead of a takeover makes the takeover short: only the rest is left to read. */
export type Replay = {
  memory: Memory
  relayed: number
  unpublished: LoggedEvent[]
  /** Of the last batch that was read. */
  seq: number
  position: number | undefined
}

/** Reads on from what was read before, up to what is stored now. @throws Fenced when somebody of a higher epoch has written */
export async function replay(
  deps: { cipher: LogCipher; broker: Pick<TakeoverDeps['broker'], 'read'> },
  before: Replay | undefined,
  highestEpoch = Number.POSITIVE_INFINITY,
): Promise<Replay> {
  const { tenantId, sessionId } = deps.cipher
  const memory = before?.memory ?? emptyMemory(tenantId, sessionId)
  let relayed = before?.relayed ?? 0
  let events = before?.unpublished ?? []
  let position = before?.position
  let seq = before?.seq ?? 0
  for await (const stored of deps.broker.read(seq + 1)) {
    const batch = openBatch(deps.cipher, stored.data)
    if (position !== undefined && batch.position !== position + 1) {
      throw new Error(`the log of ${sessionId} has a gap after position ${position}`)
    }
    if (batch.epoch > highestEpoch) throw new Fenced(sessionId)
    position = batch.position
    seq = stored.seq
    for (const record of batch.batch.records) events.push(...apply(memory, record))
    relayed = Math.max(relayed, batch.batch.relayed)
    events = events.filter((event) => event.sequence > relayed)
  }
  return { memory, relayed, unpublished: events, position, seq }
}

/** `ahead`: what was read of the log before; given away by the caller. */
export async function takeOver(deps: TakeoverDeps, ahead?: Replay): Promise<Takeover> {
  const log = await claim(deps)
  // What was read ahead may have been purged behind a snapshot meanwhile; then all of it is read again.
  const read = await (ahead
    ? replay(deps, ahead, log.epoch).catch((error: unknown) => {
        if (error instanceof Fenced) throw error
        return replay(deps, undefined, log.epoch)
      })
    : replay(deps, undefined, log.epoch))
  return { log, memory: read.memory, relayed: read.relayed, unpublished: read.unpublished }
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
