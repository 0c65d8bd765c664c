// Batches at rest: MessagePack, sealed (`sealed.ts`).
import { Packr } from 'msgpackr'
import type { Batch, LogRecord } from './records.ts'
import { type LogCipher, type Place, readSealedHeader, seal, unseal } from './sealed.ts'

const version = 2
/** Its keys were written as values; they are packed one by one since. */
const unpackedKeysVersion = 1

const packr = new Packr({ useRecords: false, moreTypes: false })
export const pack = (value: unknown): Buffer => packr.pack(value)
export const unpack = (bytes: Uint8Array): unknown => packr.unpack(bytes)

/** `records` were packed one by one when their append began, so that a later change of an object is not written. */
export function sealBatch(
  cipher: LogCipher,
  place: Place,
  batch: { relayed: number; snapshotSeq?: number; records: Uint8Array[] },
): Buffer {
  return seal(cipher, 'wal', version, place, pack(batch))
}

/** Throws when the bytes are not a batch of a version that this code reads. */
export function readHeader(bytes: Uint8Array): Place {
  const { epoch, position } = readable(bytes)
  return { epoch, position }
}

function readable(bytes: Uint8Array) {
  const header = readSealedHeader(bytes)
  if (header.format !== version && header.format !== unpackedKeysVersion) {
    throw new Error(
      `a log record has version ${header.format}; this worker reads ${unpackedKeysVersion} and ${version}`,
    )
  }
  return header
}

/** Throws when the key is not the session's or a byte was changed. */
export function openBatch(cipher: LogCipher, bytes: Uint8Array): Place & { batch: Batch } {
  const { format, epoch, position } = readable(bytes)
  const plain = unseal(cipher, 'wal', { epoch, position }, bytes)
  const batch: { relayed: number; snapshotSeq?: number; records: Uint8Array[] } = packr.unpack(plain)
  const records: LogRecord[] = batch.records.map((record) => packr.unpack(record))
  const isOld = format === unpackedKeysVersion
  return { epoch, position, batch: { ...batch, records: isOld ? records.map(withPackedKeys) : records } }
}

function withPackedKeys(record: LogRecord): LogRecord {
  if (record.kind !== 'KEYS') return record
  const types = Object.entries(record.mutations).map(([type, values]) => [
    type,
    Object.fromEntries(Object.entries(values).map(([id, value]) => [id, value === null ? null : pack(value)])),
  ])
  return { ...record, mutations: Object.fromEntries(types) }
}
