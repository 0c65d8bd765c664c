// Puts a session's memory together: a starting point and what the log holds after it. Never over a gap: a session that forgot
// something would use a key twice, or show a message twice.
import { openBatch } from './codec.ts'
import { apply } from './memory.ts'
import type { SnapshotRef } from './records.ts'
import type { LogCipher } from './sealed.ts'
import { type Cut, Fenced } from './session-log.ts'
import type { Snapshot } from './snapshot.ts'
import type { Gently } from './snapshot-codec.ts'
import { type SnapshotObjects, snapshotName, startingPoints } from './starting-points.ts'

export type ReplayDeps = Gently & {
  cipher: LogCipher
  broker: {
    /** The message with that sequence, read through the leader; undefined when it was purged. */
    at: (seq: number) => Promise<{ data: Uint8Array } | undefined>
    /** What is stored now, from that sequence on. */
    read: (fromSeq: number) => AsyncIterable<{ seq: number; data: Uint8Array }>
  }
  snapshots: Pick<SnapshotObjects, 'get'>
  report: (event: string, fields: Record<string, unknown>) => void
}

/** What was read of a log so far. Reading ahead of a takeover makes the takeover short: only the rest is left to read. */
export type Replay = Snapshot & {
  /** The end of the last batch that was read. */
  after: Cut
  /** The newest snapshot that is good as far as is known. */
  restoredFrom: SnapshotRef | undefined
  /** What the log held after the snapshot; how many snapshots could not be used. */
  read: { batches: number; records: number; bytes: number; unusable: number }
}

/** Opened and folded in one turn of the event loop: about 2 ms. */
const batchesPerTurn = 32

/** `snapshotSeq`: of the batch that holds the newest SNAPSHOT. @throws Fenced when somebody of a higher epoch has written */
export async function replay(
  deps: ReplayDeps,
  snapshotSeq: number | undefined,
  highestEpoch = Number.POSITIVE_INFINITY,
): Promise<Replay> {
  const unusable = new Map<string, string>()
  const begins: string[] = []
  for await (const start of startingPoints(deps, snapshotSeq)) {
    if (start.kind === 'unusable') {
      deps.report('snapshot.unusable', { snapshot: start.name, reason: start.reason })
      unusable.set(start.name, start.reason)
      continue
    }
    const { snapshot, after, ref } = start
    const nothing = { batches: 0, records: 0, bytes: 0, unusable: unusable.size }
    try {
      const isGood = (found: SnapshotRef): boolean => !unusable.has(snapshotName(found))
      return await readOn(deps, { ...snapshot, after, restoredFrom: ref, read: nothing }, highestEpoch, isGood)
    } catch (error) {
      if (!(error instanceof NotCovered)) throw error
      begins.push(error.message)
    }
  }
  const reasons = [...[...unusable].map(([name, reason]) => `${name}: ${reason}`), ...begins]
  throw new Error(`the session's memory cannot be put together again: ${reasons.join('; ')}`)
}

/** The log begins later: it was purged under the protection of another snapshot. */
class NotCovered extends Error {}

/** Reads on from what was read before, up to what is stored now. */
export async function readOn(
  deps: Pick<ReplayDeps, 'cipher' | 'broker' | 'turn'>,
  before: Replay,
  highestEpoch: number,
  isGood: (snapshot: SnapshotRef) => boolean = () => true,
): Promise<Replay> {
  const { sessionId } = deps.cipher
  const { memory } = before
  const read = { ...before.read }
  let { relayed, unpublished, after, restoredFrom } = before
  for await (const stored of deps.broker.read(after.seq + 1)) {
    const { batch, epoch, position } = openBatch(deps.cipher, stored.data)
    if (position !== after.position + 1) {
      if (after === before.after)
        throw new NotCovered(`the log begins at position ${position}, not ${after.position + 1}`)
      throw new Error(`the log of ${sessionId} has a gap after position ${after.position}`)
    }
    if (epoch > highestEpoch) throw new Fenced(sessionId)
    after = { position, seq: stored.seq }
    for (const record of batch.records) {
      unpublished.push(...apply(memory, record))
      if (record.kind === 'SNAPSHOT' && isGood(record.snapshot)) restoredFrom = record.snapshot
    }
    if (batch.relayed > relayed) {
      relayed = batch.relayed
      unpublished = unpublished.filter((event) => event.sequence > relayed)
    }
    read.batches += 1
    read.records += batch.records.length
    read.bytes += stored.data.length
    if (read.batches % batchesPerTurn === 0) await deps.turn()
  }
  return { memory, relayed, unpublished, after, restoredFrom, read }
}
