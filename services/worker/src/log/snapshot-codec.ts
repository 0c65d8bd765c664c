// Snapshots at rest: MessagePack, compressed with Zstandard, sealed (`sealed.ts`).
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { zstdCompress, zstdDecompress } from 'node:zlib'
import { Packr } from 'msgpackr'
import { type LogCipher, type Place, readSealedHeader, seal, unseal } from './sealed.ts'
import type { PlainSnapshot } from './snapshot.ts'

/** What this code writes. Every format since 1 is read for ever: `fixtures/` keeps one of each. */
export const format = 1

export type Upgrader = (plain: PlainSnapshot) => PlainSnapshot

/** Format n → its upgrader to n + 1, for each n below the one above. */
const upgraders: Record<number, Upgrader> = {}

/** A memory at all its bounds is under 32 MiB; what unpacks to more is no snapshot. */
const maxPlainBytes = 256 * 1024 * 1024

const packr = new Packr({ useRecords: false, moreTypes: false })

/** Resolves in the next turn of the event loop. */
export type Turn = () => Promise<void>

export type Compression = {
  compress: (plain: Uint8Array) => Promise<Uint8Array>
  /** Rejects what unpacks to more than that. */
  decompress: (compressed: Uint8Array, options: { maxOutputLength: number }) => Promise<Buffer>
}

/** In the threads of the process, beside the event loop. */
export const zstandard: Compression = { compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) }

/** How the work on a snapshot leaves room for other work. */
export type Gently = { turn: Turn; compression: Compression }

export const sha256 = (bytes: Uint8Array): Uint8Array => createHash('sha256').update(bytes).digest()

/** Packed or unpacked in one turn of the event loop: about 2 ms. */
const bytesPerTurn = 64 * 1024

/** Each part as its length (4 bytes) and `[field, part]`; other work runs in between. */
async function pack(plain: PlainSnapshot, turn: Turn): Promise<Uint8Array> {
  const packed: Uint8Array[] = []
  let inThisTurn = 0
  for (const [name, parts] of Object.entries(plain)) {
    for (const part of parts) {
      const bytes = packr.pack([name, part])
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      packed.push(length, bytes)
      inThisTurn += bytes.length
      if (inThisTurn < bytesPerTurn) continue
      inThisTurn = 0
      await turn()
    }
  }
  return Buffer.concat(packed)
}

async function unpack(packed: Buffer, turn: Turn): Promise<PlainSnapshot> {
  const plain: PlainSnapshot = {}
  let inThisTurn = 0
  for (let from = 0; from < packed.length; ) {
    const to = from + 4 + packed.readUInt32BE(from)
    const [name, part]: [string, unknown] = packr.unpack(packed.subarray(from + 4, to))
    const known = plain[name]
    if (known) known.push(part)
    else plain[name] = [part]
    inThisTurn += to - from
    from = to
    if (inThisTurn < bytesPerTurn) continue
    inThisTurn = 0
    await turn()
  }
  return plain
}

export async function sealSnapshot(
  cipher: LogCipher,
  at: Place,
  plain: PlainSnapshot,
  { turn, compression }: Gently,
): Promise<Uint8Array> {
  return seal(cipher, 'snapshot', format, at, await compression.compress(await pack(plain, turn)))
}

/**
 * Binary values are views of the whole.
 * @throws when it is of a newer format, was changed, or was taken of another session or at another place
 */
export async function openSnapshot(
  cipher: LogCipher,
  at: Place,
  bytes: Uint8Array,
  { turn, compression }: Gently,
  { upgrade = upgraders, upTo = format }: { upgrade?: Record<number, Upgrader>; upTo?: number } = {},
): Promise<PlainSnapshot> {
  const { format: written } = readSealedHeader(bytes)
  if (written > upTo) throw new Error(`the snapshot has format ${written}; this worker reads up to ${upTo}`)
  const compressed = unseal(cipher, 'snapshot', at, bytes)
  let plain = await unpack(await compression.decompress(compressed, { maxOutputLength: maxPlainBytes }), turn)
  for (let from = written; from < upTo; from++) {
    const next = upgrade[from]
    if (!next) throw new Error(`there is no way from snapshot format ${from} to ${from + 1}`)
    plain = next(plain)
  }
  return plain
}
