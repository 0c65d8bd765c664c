// How the parts of a session's log lie at rest, batches and snapshots alike: AES-256-GCM under the session's data key, bound to
// tenant, session, kind, epoch and position. The header can be read without the key, because a new owner needs the epoch and
// position before it has read anything else.
//   byte 0: format · 1–4: epoch · 5–8: position · 9–20: iv · then ciphertext · last 16: tag
import { createCipheriv, createDecipheriv, type KeyObject, randomBytes } from 'node:crypto'

export type Place = {
  /** Which owner wrote it; rises with every takeover. */
  epoch: number
  /** Which batch of the session it is, or comes after, from 1, without gaps. */
  position: number
}

export type LogCipher = { tenantId: string; sessionId: string; key: Uint8Array | KeyObject }

type Kind = 'wal' | 'snapshot'

const algorithm = 'aes-256-gcm'
const headerBytes = 9
const ivBytes = 12
const tagBytes = 16
const sealedFrom = headerBytes + ivBytes

/** Binds it to its place, so that none can be moved to another session, epoch or position. */
const associatedData = ({ tenantId, sessionId }: LogCipher, kind: Kind, { epoch, position }: Place): Buffer =>
  Buffer.from(`${tenantId}|${sessionId}|${kind}|${epoch}|${position}`)

export function seal(cipher: LogCipher, kind: Kind, format: number, place: Place, plain: Uint8Array): Buffer {
  const iv = randomBytes(ivBytes)
  const gcm = createCipheriv(algorithm, cipher.key, iv)
  gcm.setAAD(associatedData(cipher, kind, place))
  const sealed = gcm.update(plain)
  gcm.final()
  const header = Buffer.alloc(headerBytes)
  header.writeUInt8(format, 0)
  header.writeUInt32BE(place.epoch, 1)
  header.writeUInt32BE(place.position, 5)
  return Buffer.concat([header, iv, sealed, gcm.getAuthTag()])
}

/** @throws when it is too short to be anything */
export function readSealedHeader(bytes: Uint8Array): Place & { format: number } {
  const view = viewOf(bytes)
  if (view.length < sealedFrom + tagBytes) throw new Error('a part of a session log is too short')
  return { format: view.readUInt8(0), epoch: view.readUInt32BE(1), position: view.readUInt32BE(5) }
}

/** @throws when the key is not the session's, a byte was changed, or it was sealed for another place */
export function unseal(cipher: LogCipher, kind: Kind, place: Place, bytes: Uint8Array): Buffer {
  const view = viewOf(bytes)
  const iv = view.subarray(headerBytes, sealedFrom)
  const gcm = createDecipheriv(algorithm, cipher.key, iv, { authTagLength: tagBytes })
  gcm.setAAD(associatedData(cipher, kind, place))
  gcm.setAuthTag(view.subarray(view.length - tagBytes))
  return Buffer.concat([gcm.update(view.subarray(sealedFrom, view.length - tagBytes)), gcm.final()])
}

const viewOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
