// Batches at rest: MessagePack, sealed with AES-256-GCM under the session's data key. The header is readable without the
// key, because a new owner needs the epoch and position before it has read anything else.
//   byte 0: version 2 · 1–4: epoch · 5–8: position · 9–20: iv · then ciphertext · last 16: tag
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'
import { Packr } from 'msgpackr'
import type { Batch, LogRecord } from './records.ts'

const version = 2
/** Its keys were written as values; they are packed one by one since. */
const unpackedKeysVersion = 1
const headerBytes = 9
const ivBytes = 12
const tagBytes = 16

const packr = new Packr({ useRecords: false, moreTypes: false })
export const pack = (value: unknown): Buffer => packr.pack(value)
export const unpack = (bytes: Uint8Array): unknown => packr.unpack(bytes)

export type BatchHeader = {
  /** Which owner wrote it; rises with every takeover. */
  epoch: number
  /** Which batch of the session it is, from 1, without gaps. */
  position: number
}

export type LogCipher = { tenantId: string; sessionId: string; key: Uint8Array | KeyObject }

/** Binds a batch to its place, so that none can be moved to another session, epoch or position. */
const associatedData = (cipher: LogCipher, header: BatchHeader): Buffer =>
  Buffer.from(`${cipher.tenantId}|${cipher.sessionId}|wal|${header.epoch}|${header.position}`)

/** `records` were packed one by one when their append began, so that a later change of an object is not written. */
export function sealBatch(
  cipher: LogCipher,
  header: BatchHeader,
  batch: { relayed: number; snapshotSeq?: number; records: Uint8Array[] },
): Buffer {
  const plain = pack(batch)
  const iv = randomBytes(ivBytes)
  const gcm = createCipheriv('aes-256-gcm', cipher.key, iv)
  gcm.setAAD(associatedData(cipher, header))
  const sealed = gcm.update(plain)
  gcm.final()
  const prefix = Buffer.alloc(headerBytes)
  prefix.writeUInt8(version, 0)
  prefix.writeUInt32BE(header.epoch, 1)
  prefix.writeUInt32BE(header.position, 5)
  return Buffer.concat([prefix, iv, sealed, gcm.getAuthTag()])
}

/** Throws when the bytes are not a batch of a version that this code reads. */
export function readHeader(bytes: Uint8Array): BatchHeader {
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  if (view.length < headerBytes + ivBytes + tagBytes) throw new Error('a log record is too short')
  const written = view.readUInt8(0)
  if (written !== version && written !== unpackedKeysVersion) {
    throw new Error(`a log record has version ${written}; this worker reads ${unpackedKeysVersion} and ${version}`)
  }
  return { epoch: view.readUInt32BE(1), position: view.readUInt32BE(5) }
}

/** Throws when the key is not the session's or a byte was changed. */
export function openBatch(cipher: LogCipher, bytes: Uint8Array): BatchHeader & { batch: Batch } {
  const header = readHeader(bytes)
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const sealedFrom = headerBytes + ivBytes
  const gcm = createDecipheriv('aes-256-gcm', cipher.key, view.subarray(headerBytes, sealedFrom))
  gcm.setAAD(associatedData(cipher, header))
  gcm.setAuthTag(view.subarray(view.length - tagBytes))
  const plain = Buffer.concat([gcm.update(view.subarray(sealedFrom, view.length - tagBytes)), gcm.final()])
  const batch: { relayed: number; snapshotSeq?: number; records: Uint8Array[] } = packr.unpack(plain)
  const records: LogRecord[] = batch.records.map((record) => packr.unpack(record))
  const isOld = view.readUInt8(0) === unpackedKeysVersion
  return { ...header, batch: { ...batch, records: isOld ? records.map(withPackedKeys) : records } }
}

function withPackedKeys(record: LogRecord): LogRecord {
  if (record.kind !== 'KEYS') return record
  const types = Object.entries(record.mutations).map(([type, values]) => [
    type,
    Object.fromEntries(Object.entries(values).map(([id, value]) => [id, value === null ? null : pack(value)])),
  ])
  return { ...record, mutations: Object.fromEntries(types) }
}
