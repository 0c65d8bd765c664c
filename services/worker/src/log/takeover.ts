// A new owner's first steps: fence every older one with a CLAIM, then read what they left.
import { openBatch } from './codec.ts'
import type { Batch, LogRecord, SnapshotRef } from './records.ts'
import { type Replay, type ReplayDeps, readOn, replay } from './replay.ts'
import type { LogCipher } from './sealed.ts'
import { Fenced, type LogBroker, SessionLog, type SessionLogOptions } from './session-log.ts'
import type { Snapshot } from './snapshot.ts'

export type StoredBatch = { seq: number; data: Uint8Array; msgId: string | undefined }

export type TakeoverDeps = ReplayDeps & {
  owner: string
  now: () => Date
  /** When the owner before was last known to host the session, if its partition has just been taken over. */
  since?: string | undefined
  /** A name for one attempt to own the session, never used twice: two that claim at once must not take each other's record for their own. */
  newTerm: () => string
  broker: ReplayDeps['broker'] & Omit<LogBroker, 'last'> & { last: () => Promise<StoredBatch | undefined> }
  onFenced: () => void
  defer: SessionLogOptions['defer']
  relayed: () => number
}

export type Takeover = Snapshot & {
  log: SessionLog
  restoredFrom: SnapshotRef | undefined
  /** After the snapshot; `ms` is what it took once the session was claimed. */
  replayed: Replay['read'] & { ms: number }
}

/** How often a claim may lose against another worker that claims too, before it is left to that one. */
const maxClaims = 5

/** `ahead`: what was read of the log before; given away by the caller. */
export async function takeOver(deps: TakeoverDeps, ahead?: Replay): Promise<Takeover> {
  const { log, snapshotSeq } = await claim(deps)
  const startedAtMs = deps.now().getTime()
  const all = () => replay(deps, snapshotSeq, log.epoch)
  // What was read ahead may have been purged behind a snapshot meanwhile; then all of it is read again.
  const result = await (ahead
    ? readOn(deps, ahead, log.epoch).catch((error: unknown) => {
        if (error instanceof Fenced) throw error
        return all()
      })
    : all())
  const { read, after, ...found } = result
  if (after.position !== log.position) {
    throw new Error(`the log of ${deps.cipher.sessionId} ends at position ${after.position}, before our claim`)
  }
  return { ...found, log, replayed: { ...read, ms: deps.now().getTime() - startedAtMs } }
}

/** Before the owner lets go of the session; undefined when there is nothing to read. */
export async function readAhead(
  deps: ReplayDeps & { broker: Pick<TakeoverDeps['broker'], 'last'> },
): Promise<Replay | undefined> {
  const last = await deps.broker.last()
  return last && replay(deps, newestSnapshotSeq(deps.cipher, last))
}

async function claim(deps: TakeoverDeps): Promise<{ log: SessionLog; snapshotSeq: number | undefined }> {
  for (let attempt = 1; ; attempt++) {
    const last = await deps.broker.last()
    // Opened, not only looked at: who cannot read the log must not fence those who can.
    const newest = last && openBatch(deps.cipher, last.data)
    const snapshotSeq = last && newestSnapshotSeq(deps.cipher, last)
    const epoch = (newest?.epoch ?? 0) + 1
    const log = new SessionLog({
      broker: deps.broker,
      cipher: deps.cipher,
      epoch,
      term: deps.newTerm(),
      position: newest?.position ?? 0,
      lastSeq: last?.seq ?? 0,
      snapshotSeq,
      relayed: deps.relayed,
      onFenced: deps.onFenced,
      defer: deps.defer,
    })
    try {
      await log.durable(log.append([claimOf(deps, epoch)]))
      return { log, snapshotSeq }
    } catch (error) {
      if (!(error instanceof Fenced) || attempt === maxClaims) throw error
    }
  }
}

const claimOf = ({ owner, since, now }: TakeoverDeps, epoch: number): LogRecord => ({
  ...{ kind: 'CLAIM', epoch, owner, at: now().toISOString() },
  ...(since === undefined ? {} : { since }),
})

function newestSnapshotSeq(cipher: LogCipher, { data, seq }: StoredBatch): number | undefined {
  const { batch }: { batch: Batch } = openBatch(cipher, data)
  return batch.records.some(({ kind }) => kind === 'SNAPSHOT') ? seq : batch.snapshotSeq
}
