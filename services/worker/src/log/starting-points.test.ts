import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { queued } from '../fakes/log-records.ts'
import { pack, sealBatch } from './codec.ts'
import { apply, emptyMemory } from './memory.ts'
import type { SnapshotRef } from './records.ts'
import type { LogCipher } from './sealed.ts'
import { toPlain } from './snapshot.ts'
import { sealSnapshot, sha256, zstandard } from './snapshot-codec.ts'
import { type StartingPoint, startingPoints } from './starting-points.ts'

const ours: LogCipher = { tenantId: 'ten_ours', sessionId: 'ses_ours', key: randomBytes(32) }
const gently = { turn: async () => {}, compression: zstandard }
const at = { epoch: 1, position: 1 }

async function snapshotOf(cipher: LogCipher): Promise<Uint8Array> {
  const memory = emptyMemory(cipher.tenantId, cipher.sessionId)
  apply(memory, queued(7))
  return sealSnapshot(cipher, at, toPlain({ memory, relayed: 0, unpublished: [] }), gently)
}

/** What our owner begins with when its log names these bytes as its snapshot, and they lie in its place. */
async function beginFrom(bytes: Uint8Array): Promise<StartingPoint | undefined> {
  const ref: SnapshotRef = { ...at, seq: 1, sha256: sha256(bytes), bytes: bytes.length }
  const record = { kind: 'SNAPSHOT', snapshot: ref, at: '2026-11-20T10:00:00.000Z' }
  const data = sealBatch(ours, { epoch: 1, position: 2 }, { relayed: 0, records: [pack(record)] })
  const found = startingPoints(
    { ...gently, cipher: ours, broker: { at: async () => ({ data }) }, snapshots: { get: async () => bytes } },
    2,
  )
  const first = await found.next()
  return first.done ? undefined : first.value
}

test('a session begins from its own snapshot', async () => {
  expect(await beginFrom(await snapshotOf(ours))).toMatchObject({ kind: 'usable', ref: { seq: 1 } })
})

test.each<[string, Partial<LogCipher>]>([
  ["another tenant's, even under the same key", { tenantId: 'ten_theirs' }],
  ["another session's, even under the same key", { sessionId: 'ses_theirs' }],
  ["another session's", { tenantId: 'ten_theirs', sessionId: 'ses_theirs', key: randomBytes(32) }],
])('a snapshot that was copied into its place is refused, though the log names it: %s', async (_, change) => {
  const copied = await snapshotOf({ ...ours, ...change })
  expect(await beginFrom(copied)).toMatchObject({ kind: 'unusable', reason: expect.stringContaining('authenticate') })
})
