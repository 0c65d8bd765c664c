// Takes the snapshots of one session. Five steps, of which any may be the last:
//   1 cut     the log's batch ends here and the memory is captured in the same turn: nothing is stored yet
//   2 put     the object is stored; without step 3 nobody knows of it, and step 5 of a later snapshot removes it
//   3 append  SNAPSHOT names it and the one before it; every later batch points to this record, so that the next owner finds it
//             without a listing. A fenced owner does not get past here
//   4 purge   the log up to the snapshot *before* this one: either of the two is enough to start from
//   5 delete  objects older than those two
// Steps 4 and 5 of an owner that was fenced meanwhile reach only what its successors do not need: positions only rise.

import type { Memory } from './memory.ts'
import type { SnapshotRef } from './records.ts'
import type { Relay } from './relay.ts'
import type { LogCipher } from './sealed.ts'
import type { SessionLog } from './session-log.ts'
import { toPlain } from './snapshot.ts'
import { type Gently, sealSnapshot, sha256 } from './snapshot-codec.ts'
import { type SnapshotObjects, snapshotName } from './starting-points.ts'

export type SnapshotterDeps = Gently & {
  cipher: LogCipher
  memory: Memory
  relay: Pick<Relay, 'relayed' | 'unpublished'>
  log: Pick<SessionLog, 'epoch' | 'written' | 'cut' | 'append'>
  snapshots: SnapshotObjects
  /** Removes the log's messages with a sequence lower than that. */
  purge: (beforeSeq: number) => Promise<void>
  now: () => Date
  report: (event: string, fields: Record<string, unknown>) => void
  restoredFrom: SnapshotRef | undefined
  /** What the log held after that. */
  replayed: { records: number; bytes: number }
}

/** What the log holds and no snapshot does. */
export type Backlog = { records: number; bytes: number; oldestMs: number | undefined }

export type Snapshotter = ReturnType<typeof createSnapshotter>

export function createSnapshotter(deps: SnapshotterDeps) {
  const { log } = deps
  const startedAtMs = deps.now().getTime()
  /** The newest that is good. */
  let kept = deps.restoredFrom
  /** What this owner had written when it was taken; below zero while the last owners' records count too. */
  let covered = { records: -deps.replayed.records, bytes: -deps.replayed.bytes }
  /** When a change was first seen to be uncovered. */
  let oldestMs: number | undefined
  let running: Promise<void> | undefined

  function backlog(): Backlog {
    const records = log.written.records - covered.records
    const bytes = log.written.bytes - covered.bytes
    if (records > 0) oldestMs ??= deps.now().getTime()
    return { records, bytes, oldestMs }
  }

  async function take(): Promise<void> {
    const { cipher, memory, relay, snapshots } = deps
    const before = log.written
    const ending = log.cut()
    const plain = toPlain({ memory, relayed: relay.relayed(), unpublished: relay.unpublished() })
    const capturedMs = deps.now().getTime()
    const cut = await ending
    const at = { epoch: log.epoch, position: cut.position }
    const bytes = await sealSnapshot(cipher, at, plain, deps)
    const ref: SnapshotRef = { ...at, seq: cut.seq, sha256: sha256(bytes), bytes: bytes.length }
    await snapshots.put(snapshotName(ref), bytes)

    const previous = kept
    const record = {
      kind: 'SNAPSHOT' as const,
      snapshot: ref,
      ...(previous ? { previous } : {}),
      at: deps.now().toISOString(),
    }
    const written = log.written
    log.append([record])
    const own = { records: log.written.records - written.records, bytes: log.written.bytes - written.bytes }
    await log.cut()
    kept = ref
    covered = { records: before.records + own.records, bytes: before.bytes + own.bytes }
    oldestMs = log.written.records > covered.records ? capturedMs : undefined
    if (previous) await tidy(previous)
  }

  async function tidy(previous: SnapshotRef): Promise<void> {
    const { snapshots, purge, report } = deps
    const failed = (what: string) => (error: unknown) =>
      report('snapshot.tidying_failed', { what, reason: error instanceof Error ? error.message : 'unknown' })
    await purge(previous.seq + 1).catch(failed('purge'))
    await removeOlder(snapshots, previous).catch(failed('delete'))
  }

  return {
    backlog,
    /** ms since this owner began. */
    ageMs: (): number => deps.now().getTime() - startedAtMs,
    /** Resolves when a snapshot is stored and known to the log, and the log purged as far as that allows. One at a time. */
    take(): Promise<void> {
      running ??= take().finally(() => {
        running = undefined
      })
      return running
    },
    /** Resolves when none is being taken. */
    async idle(): Promise<void> {
      await running?.catch(() => {})
    },
  }
}

/** Sequences rise over all owners, so that a fenced owner removes nothing of its successors. */
async function removeOlder(objects: SnapshotObjects, than: SnapshotRef): Promise<void> {
  for (const name of await objects.names()) {
    const [epoch = Number.NaN, seq = Number.NaN] = name.split('-').map(Number)
    if (epoch <= than.epoch && seq < than.seq) await objects.delete(name)
  }
}
