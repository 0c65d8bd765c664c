import { noisePrologue } from './handshake.ts'

/** Larger frames are refused. WhatsApp's length field allows 16 MiB; the largest real frame here is a pre-key upload of some 40 KiB. */
const maxFrameBytes = 2 * 1024 * 1024

export type FrameReader = { push(chunk: Uint8Array): Buffer[] }

/**
 * Cuts the byte stream of one connection into frames: an optional edge-routing preamble (`ED`), the prologue, then frames
 * with a three-byte big-endian length. Throws on a wrong prologue or an oversized frame; the connection is then useless.
 */
export function createFrameReader(): FrameReader {
  let rest: Buffer = Buffer.alloc(0)
  let opened = false

  const skipOpening = (): boolean => {
    let start = 0
    if (rest[0] === 0x45) {
      if (rest.length < 7) return false
      start = 7 + rest.readUIntBE(4, 3)
    }
    const end = start + noisePrologue.length
    if (rest.length < end) return false
    if (!rest.subarray(start, end).equals(noisePrologue)) throw new Error('not a WhatsApp client: wrong prologue')
    rest = rest.subarray(end)
    opened = true
    return true
  }

  return {
    push(chunk) {
      const bytes = Buffer.isBuffer(chunk) ? chunk : Buffer.from(chunk)
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes])
      if (!opened && !skipOpening()) return []
      const frames: Buffer[] = []
      while (rest.length >= 3) {
        const length = rest.readUIntBE(0, 3)
        if (length > maxFrameBytes) throw new Error(`a frame of ${length} bytes is too large`)
        if (rest.length < 3 + length) break
        frames.push(rest.subarray(3, 3 + length))
        rest = rest.subarray(3 + length)
      }
      return frames
    },
  }
}

/** The three-byte length that goes before a frame. */
export function frameHeader(length: number): Buffer {
  const header = Buffer.allocUnsafe(3)
  header.writeUIntBE(length, 0, 3)
  return header
}
