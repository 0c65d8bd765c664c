// Reads the batches of a session's log with the master key, as its owner does (services/worker/src/log/codec.ts): written a
// second time on purpose, so that the judge does not believe the accused.
import { createDecipheriv } from 'node:crypto'
import { type MasterKey, openSecret } from '@wagate/runtime/seal.ts'
import { Unpackr } from 'msgpackr'

export type LogRecord = { kind: string } & Record<string, unknown>

const headerBytes = 9
const ivBytes = 12
const tagBytes = 16
const unpackr = new Unpackr({ useRecords: false, moreTypes: false })

export function readHeader(data: Uint8Array): { epoch: number; position: number } {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  return { epoch: view.getUint32(1), position: view.getUint32(5) }
}

/** The session's data key out of its value in the bucket `session_keys`. */
export function readDataKey(master: MasterKey, tenantId: string, sessionId: string, value: Uint8Array): Uint8Array {
  const { kekId, iv, wrapped, tag } = JSON.parse(Buffer.from(value).toString())
  const bytes = (text: string) => Buffer.from(text, 'base64url')
  const sealed = { kekId, iv: bytes(iv), ciphertext: bytes(wrapped), tag: bytes(tag) }
  return bytes(openSecret(master, `${tenantId}|${sessionId}|key`, sealed))
}

/** @throws when the key is not the session's */
export function openRecords(
  cipher: { tenantId: string; sessionId: string; key: Uint8Array },
  data: Uint8Array,
): LogRecord[] {
  const { epoch, position } = readHeader(data)
  const sealedFrom = headerBytes + ivBytes
  const gcm = createDecipheriv('aes-256-gcm', cipher.key, data.subarray(headerBytes, sealedFrom), {
    authTagLength: tagBytes,
  })
  gcm.setAAD(Buffer.from(`${cipher.tenantId}|${cipher.sessionId}|wal|${epoch}|${position}`))
  gcm.setAuthTag(data.subarray(data.length - tagBytes))
  const plain = Buffer.concat([gcm.update(data.subarray(sealedFrom, data.length - tagBytes)), gcm.final()])
  const batch: { records: Uint8Array[] } = unpackr.unpack(plain)
  return batch.records.map((record) => unpackr.unpack(record))
}
