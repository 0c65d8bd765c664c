// From where a session's memory can be put together, best first: the newest snapshot, the one before it, the whole log.
import { openBatch } from './codec.ts'
import { emptyMemory } from './memory.ts'
import type { SnapshotRef } from './records.ts'
import type { LogCipher, Place } from './sealed.ts'
import type { Cut } from './session-log.ts'
import { fromPlain, type Snapshot } from './snapshot.ts'
import { type Gently, openSnapshot, sha256 } from './snapshot-codec.ts'

/** The session's snapshots in the object store. Every call ends within a bounded time. */
export type SnapshotObjects = {
  put: (name: string, bytes: Uint8Array) => Promise<void>
  get: (name: string) => Promise<Uint8Array | undefined>
  delete: (name: string) => Promise<void>
  /** May miss what was put a moment ago, and nothing depends on it. */
  names: () => Promise<string[]>
}

/**
 * Of its content too: what is tried again after a lost answer gets a name of its own, so that the first attempt, which may
 * arrive yet, replaces nothing.
 */
export const snapshotName = ({ epoch, seq, sha256 }: Pick<SnapshotRef, 'epoch' | 'seq' | 'sha256'>): string =>
  `${epoch}-${seq}-${Buffer.from(sha256).toString('hex', 0, 4)}`

export type StartingPoint =
  | { kind: 'usable'; snapshot: Snapshot; after: Cut; ref: SnapshotRef | undefined }
  | { kind: 'unusable'; name: string; reason: string }

type Deps = Gently & {
  cipher: LogCipher
  broker: { at: (seq: number) => Promise<{ data: Uint8Array } | undefined> }
  snapshots: Pick<SnapshotObjects, 'get'>
}

/** `snapshotSeq`: of the batch that holds the newest SNAPSHOT, as the log itself says; no listing is asked. */
export async function* startingPoints(deps: Deps, snapshotSeq: number | undefined): AsyncGenerator<StartingPoint> {
  for (const ref of snapshotSeq === undefined ? [] : await refsAt(deps, snapshotSeq)) {
    const name = snapshotName(ref)
    try {
      const snapshot = await load(deps, ref, name)
      yield { kind: 'usable', snapshot, after: { position: ref.position, seq: ref.seq }, ref }
    } catch (error) {
      yield { kind: 'unusable', name, reason: error instanceof Error ? error.message : 'unknown' }
    }
  }
  const { tenantId, sessionId } = deps.cipher
  const memory = emptyMemory(tenantId, sessionId)
  yield {
    kind: 'usable',
    snapshot: { memory, relayed: 0, unpublished: [] },
    after: { position: 0, seq: 0 },
    ref: undefined,
  }
}

async function refsAt({ broker, cipher }: Deps, seq: number): Promise<SnapshotRef[]> {
  const stored = await broker.at(seq)
  const records = stored ? openBatch(cipher, stored.data).batch.records : []
  return records
    .flatMap((record) => (record.kind === 'SNAPSHOT' ? [record.snapshot, record.previous] : []))
    .filter((ref) => ref !== undefined)
}

async function load(deps: Deps, ref: SnapshotRef, name: string): Promise<Snapshot> {
  const { cipher, snapshots } = deps
  const bytes = await snapshots.get(name)
  if (!bytes) throw new Error('it is not in the object store')
  if (!Buffer.from(sha256(bytes)).equals(ref.sha256)) throw new Error('its checksum is wrong')
  const at: Place = { epoch: ref.epoch, position: ref.position }
  return fromPlain(cipher.tenantId, cipher.sessionId, await openSnapshot(cipher, at, bytes, deps))
}
